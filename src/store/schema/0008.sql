-- The words of messages, folded and found by their beginnings. Holds no text, as `search`, which it replaces: that one
-- serves until `words` holds all messages, and is dropped then (see `indexing`).
CREATE VIRTUAL TABLE words USING fts5 (
    body,
    scope,
    content = '',
    contentless_delete = 1,
    prefix = '2 3 4',
    tokenize = "unicode61 remove_diacritics 0 categories 'L* M* N* Co'"
);

-- How far that is: the row up to which `words` holds all messages, and whether `search` is still written and read.
CREATE TABLE indexing (
    id INTEGER PRIMARY KEY CHECK (id = 0),
    held INTEGER NOT NULL,
    has_former INTEGER NOT NULL
) STRICT;
INSERT INTO indexing VALUES (0, 0, 1);
