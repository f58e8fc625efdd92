//! The table of actions that keys and the palette can give: name, default keys, context, doc.
//!
//! The default keymap, the names in the config's `[keys.<context>]`, the palette, key help, the reference and the
//! manual are made from it. No default depends on Ctrl-I, Ctrl-M, Ctrl-H or Ctrl-[, which legacy terminals cannot tell
//! from Tab, Enter, Backspace and Esc.

use super::action::{Action, Browse, Edit, OnMessage, OnPerson, OnRow, ScrollStep};
use super::context::Context;
use super::list::{InForm, List, Move};

/// A row of the table.
#[derive(Debug)]
pub struct ActionSpec {
    /// The name in the config, such as `chat.next`.
    pub name: &'static str,
    /// What it is.
    pub action: Action,
    /// Where its default keys are heard.
    pub context: Context,
    /// The default key sequences.
    pub keys: &'static [&'static str],
    /// What it does: a short phrase that begins with a verb.
    pub doc: &'static str,
}

impl ActionSpec {
    /// The row of this name.
    #[must_use]
    pub fn find(name: &str) -> Option<&'static Self> {
        ACTIONS.iter().find(|a| a.name == name)
    }

    /// The row of this action; `None` for those that only slash commands give.
    #[must_use]
    pub fn of(action: &Action) -> Option<&'static Self> {
        ACTIONS.iter().find(|a| a.action == *action)
    }
}

const fn row(
    context: Context,
    name: &'static str,
    action: Action,
    keys: &'static [&'static str],
    doc: &'static str,
) -> ActionSpec {
    ActionSpec { name, action, context, keys, doc }
}

use Context::{Chat, Composer, Disco, Form, Global, Message, People, Requests, Sidebar, Unsent};

/// All actions that need no further words, in the order of help.
pub static ACTIONS: &[ActionSpec] = &[
    row(Global, "help", Action::Help, &["f1", "?"], "help for this place"),
    row(Global, "palette", Action::Palette, &["ctrl-p", "alt-x"], "command palette: find any command"),
    row(Global, "switch", Action::Switch, &["ctrl-k"], "go to a chat, room or person"),
    row(Global, "join", Action::JoinPrompt, &["f5", "alt-j"], "join a room or start a chat"),
    row(Global, "chat.next_important", Action::NextImportant, &["alt-a"], "go to the next unread chat, mentions first"),
    row(Global, "chat.next", Action::NextChat, &["alt-n", "ctrl-pagedown"], "go to the next chat"),
    row(Global, "chat.prev", Action::PrevChat, &["alt-p", "ctrl-pageup"], "go to the previous chat"),
    row(Global, "chat.last", Action::LastChat, &["alt-`"], "go back to the last chat"),
    row(Global, "chat.nth_1", Action::NthChat(1), &["alt-1"], "go to chat 1"),
    row(Global, "chat.nth_2", Action::NthChat(2), &["alt-2"], "go to chat 2"),
    row(Global, "chat.nth_3", Action::NthChat(3), &["alt-3"], "go to chat 3"),
    row(Global, "chat.nth_4", Action::NthChat(4), &["alt-4"], "go to chat 4"),
    row(Global, "chat.nth_5", Action::NthChat(5), &["alt-5"], "go to chat 5"),
    row(Global, "chat.nth_6", Action::NthChat(6), &["alt-6"], "go to chat 6"),
    row(Global, "chat.nth_7", Action::NthChat(7), &["alt-7"], "go to chat 7"),
    row(Global, "chat.nth_8", Action::NthChat(8), &["alt-8"], "go to chat 8"),
    row(Global, "chat.nth_9", Action::NthChat(9), &["alt-9"], "go to chat 9"),
    row(Global, "chat.nth_10", Action::NthChat(10), &["alt-0"], "go to chat 10"),
    row(Global, "pane.sidebar", Action::Sidebar, &["f2", "alt-\\"], "show, enter or hide the list of chats"),
    row(Global, "pane.people", Action::People, &["f3", "alt-o"], "show, enter or hide the people"),
    row(Global, "pane.next", Action::NextPane, &["tab", "alt-right"], "go to the next pane"),
    row(Global, "pane.prev", Action::PrevPane, &["shift-tab", "alt-left"], "go to the previous pane"),
    row(
        Global,
        "disco",
        Action::Disco { jid: None, node: None },
        &["f4", "alt-e"],
        "service discovery: explore what servers offer",
    ),
    row(Global, "presence", Action::PresencePane, &["alt-s"], "set your presence, see a contact's"),
    row(Global, "requests", Action::Requests, &["alt-r"], "read and answer requests"),
    row(Global, "question", Action::Question, &["alt-w"], "open the question that waits for you"),
    row(Global, "console", Action::Console, &["f12"], "show or hide the log and the raw XML"),
    row(Global, "reconnect", Action::Reconnect(None), &["alt-c"], "connect, or retry now"),
    row(Global, "redraw", Action::Redraw, &["ctrl-l"], "redraw the screen"),
    row(Global, "theme.next", Action::NextTheme, &["f9"], "next theme: auto, light, dark, mono"),
    row(Global, "reload", Action::Reload, &[], "read the config again"),
    row(Global, "suspend", Action::Suspend, &["ctrl-z"], "suspend; fg brings it back"),
    row(Global, "quit", Action::Quit(None), &["ctrl-q"], "quit"),
    row(Global, "quit.how", Action::HowToQuit, &["ctrl-c"], "say how to quit"),
    row(Global, "cancel", Action::Cancel, &["esc", "ctrl-g"], "close what is on top, leave the selection"),
    row(Composer, "send", Action::Send, &["enter"], "send; a new line in multi-line input"),
    row(Composer, "send.now", Action::SendNow, &["ctrl-s"], "send, also in multi-line input"),
    row(Composer, "newline", Action::Edit(Edit::Newline), &["alt-enter", "ctrl-j"], "begin a new line"),
    row(Composer, "multiline", Action::Multiline, &["alt-m"], "turn multi-line input on or off"),
    row(Composer, "complete", Action::Complete, &["tab"], "complete nicknames, commands, :emoji:"),
    row(Composer, "complete.back", Action::CompleteBack, &["shift-tab"], "previous suggestion"),
    row(Composer, "edit_last", Action::EditLast, &[], "edit your last message (Up, where nothing is written)"),
    row(Composer, "history.prev", Action::HistoryPrev, &["ctrl-up"], "previous line of the input history"),
    row(Composer, "history.next", Action::HistoryNext, &["ctrl-down"], "next line of the input history"),
    row(Composer, "edit.left", Action::Edit(Edit::Left), &["left"], "move left"),
    row(Composer, "edit.right", Action::Edit(Edit::Right), &["right"], "move right"),
    row(Composer, "edit.up", Action::Edit(Edit::Up), &["up"], "move up a line"),
    row(Composer, "edit.down", Action::Edit(Edit::Down), &["down"], "move down a line"),
    row(Composer, "edit.word_left", Action::Edit(Edit::WordLeft), &["alt-b", "ctrl-left"], "move back a word"),
    row(Composer, "edit.word_right", Action::Edit(Edit::WordRight), &["alt-f", "ctrl-right"], "move forward a word"),
    row(Composer, "edit.start", Action::Edit(Edit::Start), &["ctrl-a", "home"], "move to the start of the line"),
    row(Composer, "edit.end", Action::Edit(Edit::End), &["ctrl-e", "end"], "move to the end of the line"),
    row(Composer, "edit.top", Action::Edit(Edit::Top), &["ctrl-home"], "move to the start of the text"),
    row(Composer, "edit.bottom", Action::Edit(Edit::Bottom), &["ctrl-end"], "move to the end of the text"),
    row(Composer, "edit.backspace", Action::Edit(Edit::Backspace), &["backspace"], "delete the character before"),
    row(Composer, "edit.delete", Action::Edit(Edit::Delete), &["delete", "ctrl-d"], "delete the character after"),
    row(
        Composer,
        "edit.kill_word_back",
        Action::Edit(Edit::KillWordBack),
        &["ctrl-w", "alt-backspace"],
        "cut the word before",
    ),
    row(Composer, "edit.kill_word", Action::Edit(Edit::KillWord), &["alt-d"], "cut the word after"),
    row(Composer, "edit.kill_to_start", Action::Edit(Edit::KillToStart), &["ctrl-u"], "cut to the start of the line"),
    row(Composer, "edit.kill_to_end", Action::Edit(Edit::KillToEnd), &["alt-k"], "cut to the end of the line"),
    row(Composer, "edit.yank", Action::Edit(Edit::Yank), &["ctrl-y"], "paste what was cut (yank)"),
    row(Composer, "edit.undo", Action::Edit(Edit::Undo), &["ctrl-_"], "undo"),
    row(Composer, "edit.redo", Action::Edit(Edit::Redo), &["alt-_"], "redo"),
    row(Chat, "scroll.page_up", Action::Scroll(ScrollStep::PageUp), &["pageup"], "scroll up a page"),
    row(Chat, "scroll.page_down", Action::Scroll(ScrollStep::PageDown), &["pagedown"], "scroll down a page"),
    row(Chat, "scroll.line_up", Action::Scroll(ScrollStep::LineUp), &["shift-up"], "scroll up a line"),
    row(Chat, "scroll.line_down", Action::Scroll(ScrollStep::LineDown), &["shift-down"], "scroll down a line"),
    row(Chat, "scroll.top", Action::Scroll(ScrollStep::Top), &["alt-home"], "go to the first message"),
    row(Chat, "scroll.bottom", Action::Scroll(ScrollStep::Bottom), &["alt-end"], "go to the newest message"),
    row(Chat, "scroll.unread", Action::Scroll(ScrollStep::Unread), &["alt-u"], "go to the first unread message"),
    row(Chat, "msg.prev", Action::MessagePrev, &["alt-up"], "select a message, then the one above"),
    row(Chat, "msg.next", Action::MessageNext, &["alt-down"], "select the message below"),
    row(Chat, "msg.back", Action::JumpBack, &["ctrl-o"], "go back to where you jumped from"),
    row(Chat, "search.chat", Action::SearchHere, &["ctrl-f"], "search in this chat"),
    row(Chat, "search.all", Action::SearchAll, &["alt-g"], "search in all chats"),
    row(Chat, "links", Action::Links, &["alt-l"], "list the links of this chat"),
    row(Chat, "mark_read", Action::MarkRead, &["ctrl-r"], "mark as read"),
    row(Chat, "request.accept", Action::AnswerHere(true), &["alt-y"], "accept the request of this chat"),
    row(Chat, "request.deny", Action::AnswerHere(false), &["alt-z"], "deny the request of this chat"),
    row(Chat, "invite", Action::InvitePrompt, &["alt-i"], "invite somebody to this room"),
    row(Chat, "topic", Action::EditTopic, &["alt-t"], "change the subject of this room"),
    row(Chat, "names", Action::Names, &[], "list the people in this room"),
    row(Chat, "room.config", Action::ConfigureRoom, &[], "change the settings of this room"),
    row(Chat, "chat.close", Action::CloseChat, &[], "close this chat"),
    row(Message, "msg.reply", Action::Message(OnMessage::Reply), &["r"], "reply to the message"),
    row(Message, "msg.edit", Action::Message(OnMessage::Edit), &["e"], "edit a message of yours"),
    row(Message, "msg.react", Action::Message(OnMessage::React), &["+"], "react with an emoji"),
    row(Message, "msg.react_1", Action::Message(OnMessage::ReactNth(1)), &["1"], "react with your first usual emoji"),
    row(Message, "msg.react_2", Action::Message(OnMessage::ReactNth(2)), &["2"], "react with your second usual emoji"),
    row(Message, "msg.react_3", Action::Message(OnMessage::ReactNth(3)), &["3"], "react with your third usual emoji"),
    row(Message, "msg.react_4", Action::Message(OnMessage::ReactNth(4)), &["4"], "react with your fourth usual emoji"),
    row(Message, "msg.react_5", Action::Message(OnMessage::ReactNth(5)), &["5"], "react with your fifth usual emoji"),
    row(Message, "msg.react_6", Action::Message(OnMessage::ReactNth(6)), &["6"], "react with your sixth usual emoji"),
    row(Message, "msg.retract", Action::Message(OnMessage::Retract), &["d"], "retract a message of yours"),
    row(Message, "msg.copy", Action::Message(OnMessage::Copy), &["y"], "copy the text"),
    row(Message, "msg.copy_link", Action::Message(OnMessage::CopyLink), &["Y"], "copy the first link"),
    row(
        Message,
        "msg.enter",
        Action::Message(OnMessage::Enter),
        &["enter"],
        "go to the message that is answered, else open the link",
    ),
    row(Message, "msg.open", Action::Message(OnMessage::Open), &["o"], "open the link"),
    row(Message, "msg.quote", Action::Message(OnMessage::Quote), &["q"], "quote in your reply"),
    row(Unsent, "msg.retry", Action::Message(OnMessage::Retry), &["r"], "retry a message that failed"),
    row(Unsent, "msg.drop", Action::Message(OnMessage::Drop), &["d"], "discard a message that failed"),
    row(Message, "msg.info", Action::Message(OnMessage::Info), &["i"], "show details of the message"),
    row(Message, "msg.whole", Action::Message(OnMessage::Whole), &["v"], "show the whole text"),
    row(Message, "msg.select_prev", Action::MessagePrev, &["up"], "select the message above"),
    row(Message, "msg.select_next", Action::MessageNext, &["down"], "select the message below"),
    row(Sidebar, "row.close", Action::CloseChat, &["x"], "close the chat"),
    row(Sidebar, "row.fold", Action::Row(OnRow::Fold), &["space", "left", "right"], "fold or unfold the section"),
    row(Sidebar, "row.rename", Action::Row(OnRow::Rename), &["n"], "rename the contact"),
    row(Sidebar, "row.remove", Action::Row(OnRow::Remove), &["D"], "remove the contact"),
    row(Sidebar, "row.info", Action::Row(OnRow::Info), &["i"], "show details"),
    row(Requests, "row.accept", Action::Row(OnRow::Accept), &["a"], "accept the request"),
    row(Requests, "row.deny", Action::Row(OnRow::Deny), &["d"], "deny the request"),
    row(Requests, "row.block", Action::Row(OnRow::Block), &["b"], "block whoever asks"),
    row(People, "muc.info", Action::Person(OnPerson::Info), &["enter", "i"], "show details"),
    row(People, "muc.private", Action::Person(OnPerson::Private), &["w"], "send a private message"),
    row(People, "muc.mention", Action::Person(OnPerson::Mention), &["m"], "mention in your message"),
    row(People, "muc.kick", Action::Person(OnPerson::Kick), &["K"], "kick from the room"),
    row(People, "muc.ban", Action::Person(OnPerson::Ban), &["B"], "ban from the room"),
    row(Context::List, "list.up", Action::List(List::Move(Move::Up)), &["up", "k"], "move up"),
    row(Context::List, "list.down", Action::List(List::Move(Move::Down)), &["down", "j"], "move down"),
    row(Context::List, "list.page_up", Action::List(List::Move(Move::PageUp)), &["pageup"], "move up a page"),
    row(Context::List, "list.page_down", Action::List(List::Move(Move::PageDown)), &["pagedown"], "move down a page"),
    row(Context::List, "list.top", Action::List(List::Move(Move::Top)), &["home", "g"], "move to the first"),
    row(Context::List, "list.bottom", Action::List(List::Move(Move::Bottom)), &["end", "G"], "move to the last"),
    row(Context::List, "list.open", Action::List(List::Open), &["enter"], "open"),
    row(Context::List, "list.filter", Action::List(List::Filter), &["/"], "filter"),
    row(Context::List, "list.find_next", Action::List(List::FindNext), &["n"], "next match"),
    row(Context::List, "list.find_prev", Action::List(List::FindPrev), &["N"], "previous match"),
    row(Context::List, "list.edit", Action::List(List::Edit), &["ctrl-e"], "edit as a /command"),
    row(Disco, "disco.act", Action::Browse(Browse::Act), &["enter"], "join the room, or unfold"),
    row(Disco, "disco.fold", Action::Browse(Browse::Fold), &["left"], "fold"),
    row(Disco, "disco.unfold", Action::Browse(Browse::Unfold), &["right"], "unfold"),
    row(Disco, "disco.address", Action::Browse(Browse::Address), &["a"], "go to an address"),
    row(Disco, "disco.back", Action::Browse(Browse::Back), &["alt-left", "backspace"], "go back"),
    row(Disco, "disco.forward", Action::Browse(Browse::Forward), &["alt-right"], "go forward"),
    row(Disco, "disco.retry", Action::Browse(Browse::Retry), &["r"], "retry"),
    row(Disco, "disco.copy", Action::Browse(Browse::Copy), &["y"], "copy the address"),
    row(Disco, "disco.form", Action::Browse(Browse::Form), &["f"], "fill in its form"),
    row(Form, "form.next", Action::Form(InForm::Next), &["tab", "down"], "go to the next field"),
    row(Form, "form.prev", Action::Form(InForm::Prev), &["shift-tab", "up"], "go to the previous field"),
    row(Form, "form.toggle", Action::Form(InForm::Toggle), &["space"], "switch on or off, choose"),
    row(Form, "form.option_prev", Action::Form(InForm::OptionPrev), &["alt-up"], "choose the previous option"),
    row(Form, "form.option_next", Action::Form(InForm::OptionNext), &["alt-down"], "choose the next option"),
    row(Form, "form.activate", Action::Form(InForm::Activate), &["enter"], "press the button, continue"),
    row(Form, "form.submit", Action::Form(InForm::Submit), &["ctrl-s"], "send the form"),
    row(Form, "form.raw", Action::Form(InForm::Raw), &["ctrl-r"], "show the field names of the protocol"),
    row(Form, "form.reveal", Action::Form(InForm::Reveal), &["ctrl-t"], "show or hide the password"),
];

#[cfg(test)]
mod tests {
    use super::*;
    use crate::action::Keymap;
    use std::collections::HashSet;

    #[test]
    fn names_are_unique_and_keys_are_legal() {
        let mut names = HashSet::new();
        let mut keys = HashSet::new();
        for spec in ACTIONS {
            assert!(names.insert(spec.name), "{} twice", spec.name);
            assert!(!spec.doc.is_empty() && !spec.doc.ends_with('.'), "{}", spec.name);
            for key in spec.keys {
                assert!(keys.insert((spec.context, *key)), "{key} twice in {}", spec.context.word());
            }
        }
        assert_eq!(Keymap::defaults().1, Vec::<String>::new());
    }

    #[test]
    fn every_place_can_be_left() {
        let (keymap, _) = Keymap::defaults();
        for context in Context::ALL {
            let esc = super::super::Key::plain(super::super::KeyCode::Esc);
            let found = keymap.lookup(&[context, Context::Global], true, &[], esc);
            assert_eq!(found, super::super::Lookup::Found(&Action::Cancel), "{}", context.word());
        }
    }
}
