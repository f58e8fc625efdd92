//! Conversations and messages.

use crate::action::{Action, OnMessage};
use crate::slash::read::{number, person};
use crate::slash::spec::{Arg, ArgKind, Domain, Slash};

const MSG: Slash = Slash {
    name: "msg",
    aliases: &["query", "q", "m", "message"],
    domain: Domain::Chat,
    args: &[
        Arg::need("who", ArgKind::Person, "an address, a contact's name, or a nickname in this room"),
        Arg::may("text", ArgKind::Text, "what to send"),
    ],
    summary: "open a chat with somebody, or send a message",
    detail: "Without a text it only opens the chat. Put names of several words into quotes. With a resource (name@server/phone) \
             what you write goes to that device, until the contact's presence changes; else to the device that wrote to you last.",
    examples: &[
        "/msg juliet@capulet.lit",
        "/msg juliet@capulet.lit Good night, good night!",
        "/msg juliet@capulet.lit/balcony It is the east",
        "/msg \"Friar Lawrence\" hi",
    ],
    xeps: &[],
    run: |p| Ok(Action::Talk { to: p.need(0, person)?, text: p.text(1) }),
};

const ME: Slash = Slash {
    name: "me",
    aliases: &["action"],
    domain: Domain::Chat,
    args: &[Arg::need("action", ArgKind::Text, "what you do")],
    summary: "describe what you do (/me waves)",
    detail: "",
    examples: &["/me bows theatrically"],
    xeps: &[245],
    run: |p| Ok(Action::Emote(p.need_text(0)?)),
};

const SAY: Slash = Slash {
    name: "say",
    aliases: &[],
    domain: Domain::Chat,
    args: &[Arg::need("text", ArgKind::Text, "what to send")],
    summary: "send a text, even if it looks like a command",
    detail: "A line that begins with // does the same.",
    examples: &["/say /join is how you enter a room"],
    xeps: &[],
    run: |p| Ok(Action::Say(p.need_text(0)?)),
};

const CLOSE: Slash = Slash {
    name: "close",
    aliases: &["wc"],
    domain: Domain::Chat,
    args: &[],
    summary: "close the chat; you stay in a room",
    detail: "What was written stays in the history. The chat comes back when somebody writes.",
    examples: &["/close"],
    xeps: &[],
    run: |_| Ok(Action::CloseChat),
};

const WIN: Slash = Slash {
    name: "win",
    aliases: &["go", "buffer", "b", "window"],
    domain: Domain::Chat,
    args: &[Arg::need("chat", ArgKind::Chat, "its number in the sidebar, or a part of its name")],
    summary: "go to a chat",
    detail: "",
    examples: &["/win 3", "/win juliet"],
    xeps: &[],
    run: |p| {
        let text = p.need_text(0)?;
        match text.parse() {
            Ok(0) => Err(p.error(0, "chats are numbered from 1")),
            Ok(n) => Ok(Action::NthChat(n)),
            Err(_) => Ok(Action::OpenChat(text)),
        }
    },
};

const NEXT: Slash = Slash {
    name: "next",
    aliases: &[],
    domain: Domain::Chat,
    args: &[],
    summary: "go to the next chat",
    detail: "",
    examples: &["/next"],
    xeps: &[],
    run: |_| Ok(Action::NextChat),
};

const PREV: Slash = Slash {
    name: "prev",
    aliases: &["previous"],
    domain: Domain::Chat,
    args: &[],
    summary: "go to the previous chat",
    detail: "",
    examples: &["/prev"],
    xeps: &[],
    run: |_| Ok(Action::PrevChat),
};

const LAST: Slash = Slash {
    name: "last-chat",
    aliases: &["last"],
    domain: Domain::Chat,
    args: &[],
    summary: "go back to the last chat",
    detail: "",
    examples: &["/last-chat"],
    xeps: &[],
    run: |_| Ok(Action::LastChat),
};

const UNREAD: Slash = Slash {
    name: "unread",
    aliases: &["unreads"],
    domain: Domain::Chat,
    args: &[],
    summary: "go to the next unread chat, mentions first",
    detail: "Mentions first, then direct messages, then other unread messages.",
    examples: &["/unread"],
    xeps: &[],
    run: |_| Ok(Action::NextImportant),
};

const OPEN: Slash = Slash {
    name: "open",
    aliases: &["url"],
    domain: Domain::Chat,
    args: &[Arg::may("n", ArgKind::Number, "which link of this chat; the newest is 1")],
    summary: "open a link of this chat",
    detail: "The link is shown whole first, with what is odd about it: a host in look-alike letters, a name in front of an @, an xmpp: link \
             that asks for something.",
    examples: &["/open", "/open 2"],
    xeps: &[],
    run: |p| Ok(Action::OpenLink(p.read(0, number)?)),
};

const COPY: Slash = Slash {
    name: "copy",
    aliases: &["yank"],
    domain: Domain::Chat,
    args: &[],
    summary: "copy the selected message, else the last one",
    detail: "In tmux it goes into the tmux buffer, else to wl-copy, xclip or xsel where there is a desktop, else to the terminal (OSC 52), which may ignore it.",
    examples: &["/copy"],
    xeps: &[],
    run: |_| Ok(Action::Message(OnMessage::Copy)),
};

const QUOTE: Slash = Slash {
    name: "quote",
    aliases: &[],
    domain: Domain::Chat,
    args: &[],
    summary: "quote the selected message, else the last one",
    detail: "The quotation goes into the composer; write below it.",
    examples: &["/quote"],
    xeps: &[393],
    run: |_| Ok(Action::Message(OnMessage::Quote)),
};

const WHOLE: Slash = Slash {
    name: "whole",
    aliases: &[],
    domain: Domain::Chat,
    args: &[],
    summary: "show the whole text of the selected message, else of the last long one",
    detail: "A chat shows the first 64 kB of a message.",
    examples: &["/whole"],
    xeps: &[],
    run: |_| Ok(Action::Message(OnMessage::Whole)),
};

const RETRY: Slash = Slash {
    name: "retry",
    aliases: &["resend"],
    domain: Domain::Chat,
    args: &[],
    summary: "retry a message that could not be sent",
    detail: "",
    examples: &["/retry"],
    xeps: &[],
    run: |_| Ok(Action::Message(OnMessage::Retry)),
};

const DROP: Slash = Slash {
    name: "drop",
    aliases: &[],
    domain: Domain::Chat,
    args: &[],
    summary: "discard a message that could not be sent",
    detail: "",
    examples: &["/drop"],
    xeps: &[],
    run: |_| Ok(Action::Message(OnMessage::Drop)),
};

/// The rows.
pub const TABLE: &[Slash] =
    &[MSG, ME, SAY, CLOSE, WIN, NEXT, PREV, LAST, UNREAD, OPEN, COPY, QUOTE, WHOLE, RETRY, DROP];
