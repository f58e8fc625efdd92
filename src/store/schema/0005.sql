-- What SQL alone cannot do to the rows of an older format. The program does it after the last step, in one transaction
-- with the deletion of the row here.
CREATE TABLE tasks (name TEXT PRIMARY KEY) STRICT, WITHOUT ROWID;

-- Localparts are stored as RFC 7622 prepares them, and no longer in lower case only.
INSERT INTO tasks VALUES ('prepare addresses');
