-- What messages do to others: corrections, retractions, moderations, reactions. Each is a message with a row of its own;
-- `target` is the id that it names, `message` the row that it was applied to. It is not applied where that row is not
-- there yet, or where it was not allowed. `since`: since when its sender was in the room under that nickname.
CREATE TABLE acts (
    row INTEGER PRIMARY KEY REFERENCES messages (id) ON DELETE CASCADE,
    deed INTEGER NOT NULL,
    target TEXT NOT NULL,
    message INTEGER REFERENCES messages (id) ON DELETE SET NULL,
    since INTEGER
) STRICT;
CREATE INDEX acts_message ON acts (message) WHERE message IS NOT NULL;
CREATE INDEX acts_open ON acts (target) WHERE message IS NULL;

-- Messages whose words are gone.
CREATE TABLE retracted (
    message INTEGER PRIMARY KEY REFERENCES messages (id) ON DELETE CASCADE,
    is_moderated INTEGER NOT NULL,
    reason TEXT,
    time INTEGER NOT NULL
) STRICT;

-- Which message a message answers, by its id, and who wrote that one, as the answer says.
CREATE TABLE replies (
    message INTEGER PRIMARY KEY REFERENCES messages (id) ON DELETE CASCADE,
    target TEXT NOT NULL,
    author TEXT
) STRICT;

-- A message by the id that its sender gave. The end of an id is enough to find it: they differ there.
CREATE INDEX messages_named ON messages (chat, substr(stanza_id, -8)) WHERE stanza_id IS NOT NULL;
-- With the weight, which is negative for what is never shown by itself, so that counting reads the index alone.
DROP INDEX messages_page;
CREATE INDEX messages_page ON messages (chat, id, weight);
