//! Editing in the composer: pure functions on [`Composer`] that never split a grapheme.
//!
//! Two rules hold after every function here, and tests with random edits check them: the cursor stands at a grapheme
//! border of the text, and only Send sends (a pasted line break is text).

use crate::action::Edit;
use crate::state::composer::{Completion, Composer, TextBox};
use crate::text::grapheme;

/// A paste of more lines than this asks first.
pub const PASTE_LINES: usize = 8;
/// How many texts undo goes back.
const UNDO_MAX: usize = 200;
/// How many cut texts are kept.
const KILLS_MAX: usize = 20;
/// How many sent lines are kept.
const HISTORY_MAX: usize = 500;

/// What an edit did.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Outcome {
    /// The text changed.
    Changed,
    /// The cursor moved, or nothing happened.
    Same,
    /// Up in the first line or Down in the last: the key may mean something else there.
    Beyond,
}

/// Types a character.
pub fn insert_char(composer: &mut Composer, c: char) {
    // A word is one step for undo: a new step begins with the first letter after a space.
    let after_space = composer.text.text[..composer.text.cursor].ends_with(char::is_whitespace);
    let is_new_step = composer.undo.is_empty() || !composer.is_typing_run || (after_space && !c.is_whitespace());
    if is_new_step {
        remember(composer);
    }
    let mut buffer = [0; 4];
    put(&mut composer.text, c.encode_utf8(&mut buffer));
    changed(composer);
    composer.is_typing_run = true;
}

/// Puts in a text as one step.
pub fn insert(composer: &mut Composer, text: &str) {
    if text.is_empty() {
        return;
    }
    remember(composer);
    put(&mut composer.text, text);
    changed(composer);
}

/// Takes a bracketed paste. Line breaks become `\n`, other control characters but tabs are dropped,
/// and nothing is sent. More than [`PASTE_LINES`] lines wait in `pending_paste` for the user's word.
pub fn paste(composer: &mut Composer, pasted: &str) {
    let text = pasted_text(pasted);
    if text.trim_end_matches('\n').lines().count() > PASTE_LINES {
        composer.pending_paste = Some(text);
    } else {
        insert(composer, &text);
    }
}

/// The user's word on a paste of many lines: put it in, in a code block if so wished.
pub fn take_paste(composer: &mut Composer, is_code: bool) {
    let Some(text) = composer.pending_paste.take() else { return };
    if is_code {
        let lead = if composer.text.text[..composer.text.cursor].ends_with('\n') || composer.text.cursor == 0 {
            ""
        } else {
            "\n"
        };
        insert(composer, &format!("{lead}```\n{}\n```\n", text.trim_end_matches('\n')));
    } else {
        insert(composer, &text);
    }
}

/// A pasted text as it may stand in a text: no carriage returns, no control characters.
#[must_use]
pub fn pasted_text(pasted: &str) -> String {
    let unix = pasted.replace("\r\n", "\n").replace('\r', "\n");
    unix.chars().filter(|c| !c.is_control() || matches!(c, '\n' | '\t')).collect()
}

/// Does one edit.
pub fn edit(composer: &mut Composer, edit: Edit) -> Outcome {
    let before = composer.text.clone();
    let outcome = match edit {
        Edit::Undo => return step(composer, true),
        Edit::Redo => return step(composer, false),
        Edit::Yank => {
            let Some(text) = composer.kills.last().cloned() else { return Outcome::Same };
            insert(composer, &text);
            return Outcome::Changed;
        }
        Edit::KillWordBack | Edit::KillWord | Edit::KillToStart | Edit::KillToEnd => {
            let (text, cut) = edit_box_cut(&composer.text, edit);
            if let Some(cut) = cut {
                keep_kill(composer, edit, cut);
            }
            composer.text = text;
            Outcome::Same
        }
        Edit::Left
        | Edit::Right
        | Edit::WordLeft
        | Edit::WordRight
        | Edit::Start
        | Edit::End
        | Edit::Top
        | Edit::Bottom
        | Edit::Up
        | Edit::Down
        | Edit::Newline
        | Edit::Backspace
        | Edit::Delete => edit_box(&mut composer.text, edit),
    };
    let is_kill = matches!(edit, Edit::KillWordBack | Edit::KillWord | Edit::KillToStart | Edit::KillToEnd);
    if composer.text.text == before.text {
        composer.is_typing_run = false;
        composer.completion = None;
        composer.is_killing_run &= is_kill;
        return outcome;
    }
    // Deleting letter by letter is one step; so is a run of cuts.
    let is_run = composer.is_deleting_run && matches!(edit, Edit::Backspace | Edit::Delete);
    let after = std::mem::replace(&mut composer.text, before);
    if !is_run {
        remember(composer);
    }
    composer.text = after;
    changed(composer);
    composer.is_deleting_run = matches!(edit, Edit::Backspace | Edit::Delete);
    composer.is_killing_run = is_kill;
    Outcome::Changed
}

/// Does one edit in a line of an overlay: no undo, no kill ring; what is cut is gone.
pub fn edit_box(text: &mut TextBox, edit: Edit) -> Outcome {
    let at = text.cursor;
    let (from, to) = line_around(&text.text, at);
    let target = match edit {
        Edit::Left => grapheme::prev(&text.text, at),
        Edit::Right => grapheme::next(&text.text, at),
        Edit::WordLeft => grapheme::prev_word(&text.text, at),
        Edit::WordRight => grapheme::next_word(&text.text, at),
        Edit::Start => from,
        Edit::End => to,
        Edit::Top => 0,
        Edit::Bottom => text.text.len(),
        Edit::Up if from == 0 => return Outcome::Beyond,
        Edit::Up => column_in(&text.text, line_around(&text.text, from - 1), column(&text.text, from, at)),
        Edit::Down if to == text.text.len() => return Outcome::Beyond,
        Edit::Down => column_in(&text.text, line_around(&text.text, to + 1), column(&text.text, from, at)),
        Edit::Newline => {
            put(text, "\n");
            return Outcome::Changed;
        }
        Edit::Backspace => return cut(text, grapheme::prev(&text.text, at), at),
        Edit::Delete => return cut(text, at, grapheme::next(&text.text, at)),
        Edit::KillWordBack | Edit::KillWord | Edit::KillToStart | Edit::KillToEnd => {
            let (after, killed) = edit_box_cut(text, edit);
            *text = after;
            return if killed.is_some() { Outcome::Changed } else { Outcome::Same };
        }
        Edit::Yank | Edit::Undo | Edit::Redo => return Outcome::Same,
    };
    text.cursor = grapheme::floor(&text.text, target);
    Outcome::Same
}

/// Puts a text into a line of an overlay; line breaks become spaces.
pub fn insert_box(text: &mut TextBox, what: &str) {
    let line: String = what.chars().map(|c| if c.is_whitespace() { ' ' } else { c }).collect();
    let line: String = line.chars().filter(|c| !c.is_control()).collect();
    put(text, &line);
}

/// The box that holds this text, the cursor at its end.
#[must_use]
pub fn boxed(text: &str) -> TextBox {
    TextBox { text: text.to_owned(), cursor: text.len() }
}

/// Replaces the whole text, as one step for undo; the cursor goes to its end.
pub fn replace(composer: &mut Composer, text: &str) {
    if composer.text.text != text {
        remember(composer);
        composer.text = boxed(text);
        changed(composer);
    }
}

/// Another chat is open: its draft comes in, and nothing of the last chat can be undone into it. The
/// sent lines and cut texts stay.
pub fn load(composer: &mut Composer, draft: &str) {
    let kept = std::mem::take(composer);
    *composer = Composer {
        text: boxed(draft),
        kills: kept.kills,
        history: kept.history,
        is_multiline: kept.is_multiline,
        is_saved: true,
        ..Composer::default()
    };
}

/// The text was sent: remembers it in the history and empties the composer.
pub fn sent(composer: &mut Composer) {
    let text = std::mem::take(&mut composer.text.text);
    let about = composer.about.take();
    load(composer, "");
    composer.about = about;
    if !text.trim().is_empty() && composer.history.last() != Some(&text) {
        keep(composer, text);
    }
}

/// Keeps a text among the lines that were sent, where the key for them finds it.
pub fn keep(composer: &mut Composer, text: String) {
    composer.history.push(text);
    trim(&mut composer.history, HISTORY_MAX);
}

/// The text comes back, since it could not be sent; what was typed since then stays below it.
pub fn give_back(composer: &mut Composer, text: &str) {
    if composer.text.text.is_empty() {
        replace(composer, text);
    } else {
        let both = format!("{text}\n{}", composer.text.text);
        replace(composer, &both);
    }
}

/// The line sent before the shown one. What was being typed is kept for the way back.
pub fn history_prev(composer: &mut Composer) -> Outcome {
    let at = composer.history_at.unwrap_or(composer.history.len());
    if at == 0 {
        return Outcome::Same;
    }
    if composer.history_at.is_none() {
        composer.history_draft.clone_from(&composer.text.text);
    }
    show_history(composer, at - 1)
}

/// The line sent after the shown one, at last what was being typed.
pub fn history_next(composer: &mut Composer) -> Outcome {
    match composer.history_at {
        None => Outcome::Same,
        Some(at) => show_history(composer, at + 1),
    }
}

fn show_history(composer: &mut Composer, at: usize) -> Outcome {
    let line = composer.history.get(at).cloned();
    let is_back = line.is_none();
    let text = line.unwrap_or_else(|| std::mem::take(&mut composer.history_draft));
    replace(composer, &text);
    composer.history_at = if is_back { None } else { Some(at) };
    Outcome::Changed
}

/// Offers candidates for the bytes from `start` to `end` and puts the first one in. One alone is put
/// in and done.
pub fn complete(composer: &mut Composer, start: usize, end: usize, items: Vec<(String, String)>) {
    let text = &composer.text.text;
    let is_sound = start <= end && text.get(start..end).is_some();
    if items.is_empty() || !is_sound {
        return;
    }
    remember(composer);
    let is_alone = items.len() == 1;
    composer.completion = Some(Completion { items, selected: 0, start, end });
    show_candidate(composer);
    if is_alone {
        composer.completion = None;
    }
}

/// Takes the next candidate (or the one before). `false` when nothing is being completed.
pub fn cycle(composer: &mut Composer, is_back: bool) -> bool {
    let Some(completion) = &mut composer.completion else { return false };
    let len = completion.items.len().max(1);
    completion.selected = (completion.selected + if is_back { len - 1 } else { 1 }) % len;
    show_candidate(composer);
    true
}

fn show_candidate(composer: &mut Composer) {
    let Some(mut completion) = composer.completion.take() else { return };
    if let Some((word, _)) = completion.items.get(completion.selected) {
        let (start, end) = (completion.start, completion.end.min(composer.text.text.len()));
        composer.text.text.replace_range(start..end, word);
        completion.end = start + word.len();
        composer.text.cursor = grapheme::floor(&composer.text.text, completion.end);
    }
    changed(composer);
    composer.completion = Some(completion);
}

/// A text for undo to come back to.
fn remember(composer: &mut Composer) {
    composer.undo.push(composer.text.clone());
    trim(&mut composer.undo, UNDO_MAX);
    composer.redo.clear();
}

/// What every change of the text ends: the error under it, completion, the walk through the history.
fn changed(composer: &mut Composer) {
    composer.text.cursor = grapheme::floor(&composer.text.text, composer.text.cursor);
    composer.error = None;
    composer.completion = None;
    composer.history_at = None;
    composer.is_saved = false;
    composer.is_typing_run = false;
    composer.is_deleting_run = false;
    composer.is_killing_run = false;
}

fn step(composer: &mut Composer, is_undo: bool) -> Outcome {
    let (from, to) =
        if is_undo { (&mut composer.undo, &mut composer.redo) } else { (&mut composer.redo, &mut composer.undo) };
    let Some(text) = from.pop() else { return Outcome::Same };
    to.push(std::mem::replace(&mut composer.text, text));
    changed(composer);
    Outcome::Changed
}

/// Cuts in a row grow into one text, so that one yank brings it all back.
fn keep_kill(composer: &mut Composer, edit: Edit, cut: String) {
    let is_backwards = matches!(edit, Edit::KillWordBack | Edit::KillToStart);
    match composer.kills.last_mut() {
        Some(last) if composer.is_killing_run && is_backwards => last.insert_str(0, &cut),
        Some(last) if composer.is_killing_run => last.push_str(&cut),
        Some(_) | None => {
            composer.kills.push(cut);
            trim(&mut composer.kills, KILLS_MAX);
        }
    }
}

/// What a cut leaves, and what it takes.
fn edit_box_cut(text: &TextBox, edit: Edit) -> (TextBox, Option<String>) {
    let at = text.cursor;
    let (from, to) = line_around(&text.text, at);
    let range = if edit == Edit::KillWordBack {
        grapheme::prev_word(&text.text, at)..at
    } else if edit == Edit::KillWord {
        at..grapheme::next_word(&text.text, at)
    } else if edit == Edit::KillToStart {
        // At the border of a line its line break goes, as emacs has it.
        (if from == at { at.saturating_sub(1) } else { from })..at
    } else {
        at..(if to == at { (at + 1).min(text.text.len()) } else { to })
    };
    let mut after = text.clone();
    let Some(cut) = text.text.get(range.clone()).filter(|c| !c.is_empty()) else { return (after, None) };
    after.text.replace_range(range.clone(), "");
    after.cursor = grapheme::floor(&after.text, range.start);
    (after, Some(cut.to_owned()))
}

fn cut(text: &mut TextBox, from: usize, to: usize) -> Outcome {
    if from >= to {
        return Outcome::Same;
    }
    text.text.replace_range(from..to, "");
    text.cursor = grapheme::floor(&text.text, from);
    Outcome::Changed
}

fn put(text: &mut TextBox, what: &str) {
    let at = text.cursor;
    text.text.insert_str(at, what);
    let end = at + what.len();
    // What was put in may have joined with what follows it: then the cursor goes behind both.
    let floor = grapheme::floor(&text.text, end);
    text.cursor = if floor == end { end } else { grapheme::next(&text.text, floor) };
}

/// The line that holds this place: its start, and its end before the line break.
fn line_around(text: &str, at: usize) -> (usize, usize) {
    let from = text[..at].rfind('\n').map_or(0, |n| n + 1);
    let to = text[at..].find('\n').map_or(text.len(), |n| at + n);
    (from, to)
}

/// How many cells the cursor stands from the start of its line.
fn column(text: &str, from: usize, at: usize) -> usize {
    crate::text::width(&text[from..at])
}

/// The place in a line that is nearest to a column, at or before it.
fn column_in(text: &str, (from, to): (usize, usize), column: usize) -> usize {
    let mut at = from;
    while at < to {
        let next = grapheme::next(text, at).min(to);
        if crate::text::width(&text[from..next]) > column {
            break;
        }
        at = next;
    }
    at
}

fn trim<T>(list: &mut Vec<T>, max: usize) {
    let extra = list.len().saturating_sub(max);
    list.drain(..extra);
}

#[cfg(test)]
mod tests;
