//! Logins with the mechanisms of SASL, over the wire: what is offered, what is chosen, and servers that lie.
