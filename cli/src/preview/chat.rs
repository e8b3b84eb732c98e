//! Chats exactly as they will be shared: every message of every branch, or, shortened, with a count
//! of what is not shown.

use crate::output::Page;
use crate::text::{bytes, count, hidden_in, printable, printable_lines, shorten};
use sheaf_node::flow::contribute::label_words;
use sheaf_protocol::chat::{Chat, MediaKind, Message, Part, Role};
use sheaf_protocol::statement::Labels;

/// Characters of one part that are shown when shortened.
const PART_CHARS_SHOWN: usize = 600;
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
    title(page, number, shown);
    messages(page, shown.chat, detail);
    page.blank();
}

/// Shows every message of a chat to its end.
pub(crate) fn show_messages(page: &mut Page, chat: &Chat) {
    messages(page, chat, Detail::Full);
}

/// A line or two for each chat.
pub(crate) fn list_chats(page: &mut Page, chats: &[Shown<'_>]) {
    for (number, shown) in (1..).zip(chats) {
        title(page, number, *shown);
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

fn title(page: &mut Page, number: usize, Shown { chat, labels }: Shown<'_>) {
    let title = chat.title.as_deref().map_or("(without a title)".into(), printable);
    let mut facts = vec![count(chat.messages.len() as u64, "message")];
    match chat.leaves().len() {
        0 | 1 => {}
        branches => facts.push(format!("{branches} branches")),
    }
    facts.push(bytes(chat.text_len() as u64));
    facts.push(match labels.languages.is_empty() {
        true => "language not sure".into(),
        false => printable(&format!("in {}", labels.languages.join(", "))),
    });
    let own = Labels { languages: Vec::new(), ..labels.clone() };
    facts.extend(Some(label_words(&own)).filter(|words| words != "none").map(|w| printable(&w)));
    facts.extend(chat.model.as_deref().map(|model| format!("model {}", printable(model))));
    facts.extend(chat.source.as_deref().map(|source| format!("from {}", printable(source))));
    facts.extend(chat.created.map(|created| format!("begun {}", created.day())));
    let title = page.style.bold(&shorten(&title, LINE_CHARS));
    let facts = page.style.dim(&facts.join(" · "));
    page.hanging(format_args!("{number:>4}. {title}  {facts}"), 6);
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
        message(page, step.index, &chat.messages[step.index], detail);
    }
    if shown < order.len() {
        let more = count((order.len() - shown) as u64, "more message");
        let how = "its number, or --full, shows all";
        page.aside(format_args!("      … {more}, shared but not shown here; {how}"));
    }
}

fn message(page: &mut Page, index: usize, message: &Message, detail: Detail) {
    let role = page.style.cyan(role(message.role));
    let mut head = format!("      [{}] {role}", index + 1);
    if let Some(name) = &message.name {
        head.push_str(&format!(" ({})", printable(name)));
    }
    if message.hidden {
        head.push_str(" (hidden by the tool, shared all the same)");
    }
    page.line(head);
    for part in &message.parts {
        if let Some(label) = part_label(part) {
            page.aside(format_args!("          {label}"));
        }
        text(page, part.body(), detail);
    }
}

fn text(page: &mut Page, text: &str, detail: Detail) {
    let max = if detail == Detail::Full { usize::MAX } else { PART_CHARS_SHOWN };
    let cut = text.char_indices().nth(max).map_or(text.len(), |(at, _)| at);
    let (shown, rest) = text.split_at(cut);
    for line in printable_lines(shown).lines() {
        page.line(format_args!("          {line}"));
    }
    if let hidden @ 1.. = hidden_in(shown) {
        let hidden = count(hidden, "character");
        page.aside(format_args!("          ({hidden} that command a terminal or hide: � here)"));
    }
    if !rest.is_empty() {
        let more = count(rest.chars().count() as u64, "more character");
        page.aside(format_args!("          … {more}, shared but not shown here"));
    }
}

fn role(role: Role) -> &'static str {
    match role {
        Role::System => "system",
        Role::Developer => "developer",
        Role::User => "user",
        Role::Assistant => "assistant",
        Role::Tool => "tool",
    }
}

/// What a part is, where it is not simply said.
fn part_label(part: &Part) -> Option<String> {
    let named = |name: &Option<String>| name.as_deref().map(printable).unwrap_or_default();
    Some(match part {
        Part::Text { .. } => return None,
        Part::Reasoning { .. } => "(reasoning)".into(),
        Part::Code { language, .. } => format!("(code {})", named(language)),
        Part::ToolCall { name, .. } => format!("(calls {})", printable(name)),
        Part::ToolResult { name, .. } => format!("(result {})", named(name)),
        Part::Media { kind, name, .. } => {
            format!("({} {}: named, its content is not shared)", media(*kind), named(name))
        }
        Part::Other { kind, .. } => format!("({})", printable(kind)),
    })
}

fn media(kind: MediaKind) -> &'static str {
    match kind {
        MediaKind::Image => "image",
        MediaKind::Audio => "sound",
        MediaKind::Video => "film",
        MediaKind::File => "file",
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
mod tests {
    use super::*;
    use crate::style::Style;

    fn chat() -> Chat {
        let say = |role, parent, text: &str| Message::new(role, parent, vec![Part::text(text)]);
        Chat {
            title: Some("Tea\x1b[2J".into()),
            messages: vec![
                say(Role::User, None, "How long for green tea?"),
                say(Role::Assistant, Some(0), "An hour."),
                say(Role::Assistant, Some(0), "Two minutes."),
                say(Role::User, Some(1), "Surely not."),
            ],
            ..Chat::default()
        }
    }

    fn shown(chat: &Chat, detail: Detail) -> String {
        screen(&[Shown { chat, labels: &Labels::default() }], detail)
    }

    fn screen(chats: &[Shown<'_>], detail: Detail) -> String {
        let mut page = Page::new(Style::plain());
        show_chats(&mut page, chats, detail);
        page.text().to_owned()
    }

    #[test]
    fn five_hundred_chats_are_a_list_with_the_words_they_begin_with() {
        let (chat, labels) = (chat(), Labels { languages: vec!["en".into()], ..Labels::default() });
        let chats = vec![Shown { chat: &chat, labels: &labels }; 500];
        let text = screen(&chats, Detail::Short);
        assert!(text.lines().count() < 100, "it stays readable: {}", text.lines().count());
        assert!(text.contains("How long for green tea?") && !text.contains("An hour."), "{text}");
        assert!(text.contains("… and 460 chats that are shared, too"), "none is left unsaid");
        assert!(text.contains("in en"), "each with its language");
        let full = screen(&chats, Detail::Full);
        assert_eq!(full.matches("Two minutes.").count(), 500, "--full shows every message");
    }

    #[test]
    fn what_hides_in_a_chat_is_seen() {
        let mut chat = chat();
        let hidden = "A\u{202e}txet\u{2066} b\u{200b}c\u{e0041}d\x1b]0;title\x07";
        chat.messages[0].parts = vec![Part::text(hidden)];
        chat.messages[0].name = Some("\u{202e}resu".into());
        for detail in [Detail::Short, Detail::Full] {
            let text = shown(&chat, detail);
            assert!(text.contains("A�txet� b�c�d�]0;title�"), "{text}");
            assert!(text.contains("(�resu)"), "{text}");
            assert!(text.contains("(6 characters that command a terminal or hide: � here)"));
            assert!(!text.chars().any(|c| c.is_control() && c != '\n'), "{text:?}");
        }
    }

    #[test]
    fn every_branch_is_shown_and_marked() {
        let order: Vec<_> = reading_order(&chat()).iter().map(|step| step.index).collect();
        assert_eq!(order, [0, 1, 3, 2], "a branch is read to its end");
        let text = shown(&chat(), Detail::Short);
        assert!(text.contains("branch 2 of 2, after message 1"), "{text}");
        assert!(text.contains("Tea�[2J"), "a title does not clear the screen: {text}");
        for line in ["How long for green tea?", "An hour.", "Two minutes.", "Surely not."] {
            assert!(text.contains(line), "everything that is shared is shown: {text}");
        }
    }

    #[test]
    fn what_is_not_shown_is_counted() {
        let mut chat = chat();
        chat.messages[0].parts = vec![Part::text("x".repeat(PART_CHARS_SHOWN + 7))];
        assert!(shown(&chat, Detail::Short).contains("… 7 more characters, shared"));
        assert!(!shown(&chat, Detail::Full).contains('…'), "--full shows all");
        for _ in 0..10 {
            chat.messages.push(Message::new(Role::User, None, vec![Part::text("more")]));
        }
        assert!(shown(&chat, Detail::Short).contains("… 6 more messages, shared"));
    }
}
