//! Slash commands: one table, from which parser, completion, help, man page and README table are made.
