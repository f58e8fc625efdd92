-- Where the server's operators tell of outages, for when the server cannot be asked (XEP-0455); one address a line.
CREATE TABLE status_places (
    account INTEGER PRIMARY KEY REFERENCES accounts (id) ON DELETE CASCADE,
    addresses TEXT NOT NULL,
    reach INTEGER NOT NULL
) STRICT;
