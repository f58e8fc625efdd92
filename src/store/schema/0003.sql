-- A checksum of what never changes in a message, since SQLite keeps none: a byte that the disk turned must not become
-- somebody's words. Older rows have none and are taken as they are.
ALTER TABLE messages ADD COLUMN sum INTEGER;
