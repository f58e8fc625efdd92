//! An XMPP server inside the program, on an in-memory pipe: behind `parlour demo`, and scripted for the session tests.
