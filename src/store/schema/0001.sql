-- The account is in every key: chats, archives and contacts hang on their account, all else on these.

CREATE TABLE accounts (
    id INTEGER PRIMARY KEY,
    jid TEXT NOT NULL UNIQUE,
    roster_version TEXT,
    is_forgotten INTEGER NOT NULL DEFAULT 0
) STRICT;

CREATE TABLE contacts (
    account INTEGER NOT NULL REFERENCES accounts (id) ON DELETE CASCADE,
    jid TEXT NOT NULL,
    name TEXT,
    groups TEXT NOT NULL,
    subscription INTEGER NOT NULL,
    is_asked INTEGER NOT NULL,
    PRIMARY KEY (account, jid)
) STRICT, WITHOUT ROWID;

-- last_row, last_activity: kept here so that the list of chats costs nothing per message.
CREATE TABLE chats (
    id INTEGER PRIMARY KEY,
    account INTEGER NOT NULL REFERENCES accounts (id) ON DELETE CASCADE,
    address TEXT NOT NULL,
    kind INTEGER NOT NULL,
    is_open INTEGER NOT NULL,
    is_accepted INTEGER NOT NULL,
    read_up_to INTEGER NOT NULL DEFAULT 0,
    last_row INTEGER NOT NULL DEFAULT 0,
    last_activity INTEGER NOT NULL DEFAULT 0,
    draft TEXT NOT NULL DEFAULT '',
    name TEXT,
    UNIQUE (account, address)
) STRICT;

CREATE INDEX chats_recent ON chats (account, last_activity);

CREATE TABLE archives (
    id INTEGER PRIMARY KEY,
    account INTEGER NOT NULL REFERENCES accounts (id) ON DELETE CASCADE,
    jid TEXT NOT NULL,
    UNIQUE (account, jid)
) STRICT;

CREATE TABLE intervals (
    archive INTEGER NOT NULL REFERENCES archives (id) ON DELETE CASCADE,
    place INTEGER NOT NULL,
    first_id TEXT NOT NULL,
    last_id TEXT NOT NULL,
    first_time INTEGER NOT NULL,
    last_time INTEGER NOT NULL,
    is_start INTEGER NOT NULL,
    PRIMARY KEY (archive, place)
) STRICT, WITHOUT ROWID;

-- id is (order << 10) + n: so rows, every index and the full-text index stand in order of time by themselves.
-- again is a hash of sender and stanza id; weight is 1 for what counts as unread, 2 for a mention in a room.
CREATE TABLE messages (
    id INTEGER PRIMARY KEY,
    chat INTEGER NOT NULL REFERENCES chats (id) ON DELETE CASCADE,
    sender TEXT NOT NULL,
    kind INTEGER NOT NULL,
    subject TEXT,
    body TEXT NOT NULL,
    time INTEGER NOT NULL,
    is_delayed INTEGER NOT NULL,
    delivery INTEGER NOT NULL,
    failure TEXT,
    is_mention INTEGER NOT NULL,
    weight INTEGER NOT NULL,
    stanza_id TEXT,
    origin_id TEXT,
    occupant TEXT,
    archive INTEGER REFERENCES archives (id),
    archive_id TEXT,
    again INTEGER
) STRICT;

CREATE INDEX messages_page ON messages (chat);
-- With all columns that counting reads, so that it never touches the messages themselves.
CREATE INDEX messages_unread ON messages (chat, id, weight) WHERE weight > 0;
CREATE INDEX messages_mention ON messages (chat, id, weight) WHERE weight = 2;
CREATE INDEX messages_again ON messages (chat, again) WHERE again IS NOT NULL;
CREATE INDEX messages_origin ON messages (chat, origin_id) WHERE origin_id IS NOT NULL AND delivery > 0;
CREATE UNIQUE INDEX messages_archive ON messages (archive, archive_id) WHERE archive_id IS NOT NULL;
CREATE INDEX messages_outbox ON messages (delivery) WHERE delivery IN (1, 2);

-- Holds no text, only the index. `scope` has the tokens of account and chat, so that a search in one chat
-- does not walk through the hits of all others.
CREATE VIRTUAL TABLE search USING fts5 (
    body,
    scope,
    content = '',
    contentless_delete = 1,
    tokenize = "unicode61 remove_diacritics 2 categories 'L* N* Co So'"
);

-- What a capabilities hash stands for is the same for every account.
CREATE TABLE caps (
    id INTEGER PRIMARY KEY,
    hash TEXT NOT NULL,
    ver TEXT NOT NULL,
    info TEXT NOT NULL,
    UNIQUE (hash, ver)
) STRICT;
