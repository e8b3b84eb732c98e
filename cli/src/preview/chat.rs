//! Chats exactly as they will be shared: every message of every branch, or, shortened, with a count
//! of what is not shown.

use super::message::{show_feedback, show_message};
use crate::output::Page;
use crate::text::{bytes, count, moment, printable, shorten};
use sheaf_node::flow::contribute::label_words;
use sheaf_protocol::chat::{Chat, Role};
use sheaf_protocol::statement::Labels;

/// Messages of one chat that are shown when shortened.
const MESSAGES_SHOWN: usize = 8;
/// So many chats are shown with their messages when shortened; more are listed.
const CHATS_SHOWN: usize = 4;
/// Chats that a shortened list has.
const CHATS_LISTED: usize = 40;
/// Characters of a title, and of the words with which a chat begins, in a list.
const LINE_CHARS: usize = 70;

/// How much to show.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Detail {
    /// The beginnings.
    Short,
    /// Everything.
    Full,
}

/// A chat as it will be shared.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Shown<'a> {
    pub(crate) chat: &'a Chat,
    /// What is said about it.
    pub(crate) labels: &'a Labels,
}

/// Shows each chat, or, shortened, a list of them.
pub(crate) fn show_chats(page: &mut Page, chats: &[Shown<'_>], detail: Detail) {
    if detail == Detail::Short && chats.len() > CHATS_SHOWN {
        let listed = &chats[..CHATS_LISTED.min(chats.len())];
        list_chats(page, listed);
        let unlisted = chats.len() - listed.len();
        if unlisted > 0 {
            let more = count(unlisted as u64, "chat");
            page.aside(format_args!("      … and {more} that are shared, too"));
        }
        page.aside("      Beginnings only: a chat's number, or --full, shows it to its end.");
        page.blank();
        return;
    }
    for (number, shown) in (1..).zip(chats) {
        show_chat(page, number, *shown, detail);
    }
}

/// Shows one chat.
pub(crate) fn show_chat(page: &mut Page, number: usize, shown: Shown<'_>, detail: Detail) {
    title(page, number, shown, detail);
    feedback(page, shown.chat, detail);
    messages(page, shown.chat, detail);
    page.blank();
}

/// Shows everything that is in a chat.
pub(crate) fn show_whole(page: &mut Page, chat: &Chat) {
    let about = [title_of(chat)].into_iter().chain(origin(chat, Detail::Full));
    page.aside(format_args!("      {}", about.collect::<Vec<_>>().join(" · ")));
    feedback(page, chat, Detail::Full);
    messages(page, chat, Detail::Full);
}

/// A line or two for each chat.
pub(crate) fn list_chats(page: &mut Page, chats: &[Shown<'_>]) {
    for (number, shown) in (1..).zip(chats) {
        title(page, number, *shown, Detail::Short);
        if let Some(words) = first_words(shown.chat) {
            page.aside(format_args!("      {}", shorten(&printable(words), LINE_CHARS)));
        }
    }
}

/// With what the person began.
fn first_words(chat: &Chat) -> Option<&str> {
    let asked = chat.messages.iter().find(|message| message.role == Role::User)?;
    let mut lines = asked.parts.iter().flat_map(|part| part.body().lines()).map(str::trim);
    lines.find(|line| !line.is_empty())
}

fn title(page: &mut Page, number: usize, Shown { chat, labels }: Shown<'_>, detail: Detail) {
    let title = match detail {
        Detail::Full => title_of(chat),
        Detail::Short => shorten(&title_of(chat), LINE_CHARS),
    };
    let title = page.style.bold(&title);
    let facts = page.style.dim(&facts(chat, labels, detail).join(" · "));
    page.hanging(format_args!("{number:>4}. {title}  {facts}"), 6);
}

fn title_of(chat: &Chat) -> String {
    chat.title.as_deref().map_or("(without a title)".into(), printable)
}

/// What there is to say of a chat on one line.
fn facts(chat: &Chat, labels: &Labels, detail: Detail) -> Vec<String> {
    let mut facts = vec![count(chat.messages.len() as u64, "message")];
    match chat.leaves().len() {
        0 | 1 => {}
        branches => facts.push(format!("{branches} branches")),
    }
    facts.push(bytes(chat.text_len() as u64));
    facts.extend(judged(chat));
    facts.extend(labelled(labels));
    facts.extend(origin(chat, detail));
    facts
}

/// What the tool says of a chat.
fn origin(chat: &Chat, detail: Detail) -> Vec<String> {
    let mut facts = Vec::new();
    facts.extend(chat.model.as_deref().map(|model| format!("model {}", printable(model))));
    facts.extend(chat.source.as_deref().map(|source| format!("from {}", printable(source))));
    facts.extend(chat.created.map(|created| match detail {
        Detail::Full => format!("begun {}", moment(created)),
        Detail::Short => format!("begun {}", created.day()),
    }));
    let current = chat.current.filter(|_| detail == Detail::Full);
    facts.extend(current.map(|at| format!("last looked at: message {}", u64::from(at) + 1)));
    facts
}

/// Of how many messages the tool knows what was thought; it goes with the chat.
pub(crate) fn judged(chat: &Chat) -> Option<String> {
    let messages = chat.messages.iter().filter(|message| message.feedback.is_some()).count() as u64;
    match (messages, chat.feedback.is_some()) {
        (0, false) => None,
        (0, true) => Some("with feedback".into()),
        (messages, _) => Some(format!("feedback on {}", count(messages, "message"))),
    }
}

/// What the member says of it.
fn labelled(labels: &Labels) -> Vec<String> {
    let languages = match labels.languages.is_empty() {
        true => "language not sure".into(),
        false => printable(&format!("in {}", labels.languages.join(", "))),
    };
    let own = Labels { languages: Vec::new(), ..labels.clone() };
    let words = Some(label_words(&own)).filter(|words| words != "none");
    [languages].into_iter().chain(words.map(|words| printable(&words))).collect()
}

/// What the person thought of the whole chat.
fn feedback(page: &mut Page, chat: &Chat, detail: Detail) {
    if let Some(feedback) = &chat.feedback {
        show_feedback(page, "      ", "feedback on the chat", feedback, detail);
    }
}

fn messages(page: &mut Page, chat: &Chat, detail: Detail) {
    let order = reading_order(chat);
    let shown = if detail == Detail::Full { order.len() } else { MESSAGES_SHOWN.min(order.len()) };
    for step in &order[..shown] {
        if let Some((branch, branches)) = step.branch {
            let after = match chat.messages[step.index].parent {
                Some(parent) => format!("after message {}", u64::from(parent) + 1),
                None => "from the beginning".into(),
            };
            page.aside(format_args!("      ── branch {branch} of {branches}, {after} ──"));
        }
        show_message(page, step.index, &chat.messages[step.index], detail);
    }
    if shown < order.len() {
        let more = count((order.len() - shown) as u64, "more message");
        let how = "its number, or --full, shows all";
        page.aside(format_args!("      … {more}, shared but not shown here; {how}"));
    }
}

/// One message in the order of reading.
struct Step {
    index: usize,
    /// Where several follow one message: which of how many, counted from 1.
    branch: Option<(usize, usize)>,
}

/// Every message once: each branch to its end before the next begins.
fn reading_order(chat: &Chat) -> Vec<Step> {
    let mut children = vec![Vec::new(); chat.messages.len()];
    let mut roots = Vec::new();
    for (index, message) in chat.messages.iter().enumerate() {
        match message.parent.and_then(|parent| children.get_mut(parent as usize)) {
            Some(siblings) => siblings.push(index),
            None => roots.push(index),
        }
    }
    let mut order = Vec::with_capacity(chat.messages.len());
    let mut open = Vec::new();
    push_siblings(&mut open, &roots);
    while let Some(step) = open.pop() {
        push_siblings(&mut open, &children[step.index]);
        order.push(step);
    }
    order
}

fn push_siblings(open: &mut Vec<Step>, siblings: &[usize]) {
    let of = siblings.len();
    let steps = (1..)
        .zip(siblings)
        .map(|(number, index)| Step { index: *index, branch: (of > 1).then_some((number, of)) });
    open.extend(steps.collect::<Vec<_>>().into_iter().rev());
}

#[cfg(test)]
mod tests;
