//! Wire scripts through the router: < from the server, > what we must send, ! what the app must be told.
