//! Chats exactly as they will be shared: every message of every branch, or, shortened, with a count
//! of what is not shown.

use crate::output::Page;
use crate::text::{bytes, count, printable, printable_lines};
use sheaf_protocol::chat::{Chat, MediaKind, Message, Part, Role};

/// Characters of one part that are shown when shortened.
const PART_CHARS_SHOWN: usize = 600;
/// Messages of one chat that are shown when shortened.
const MESSAGES_SHOWN: usize = 8;
/// Chats that are shown with their messages when shortened; of the others the title alone.
const CHATS_SHOWN: usize = 12;

/// How much to show.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Detail {
    /// The beginnings.
    Short,
    /// Everything.
    Full,
}

/// Shows each chat.
pub(crate) fn show_chats(page: &mut Page, chats: &[&Chat], detail: Detail) {
    let shown = if detail == Detail::Full { chats.len() } else { CHATS_SHOWN.min(chats.len()) };
    let (first, others) = chats.split_at(shown);
    for (number, chat) in (1..).zip(first) {
        title(page, number, chat);
        messages(page, chat, detail);
        page.blank();
    }
    for (number, chat) in (shown + 1..).zip(others) {
        title(page, number, chat);
    }
    if !others.is_empty() {
        page.aside(format_args!(
            "  of the last {} only the title is shown here; --full shows every message",
            count(others.len() as u64, "chat")
        ));
        page.blank();
    }
}

/// Shows every message of a chat to its end.
pub(crate) fn show_messages(page: &mut Page, chat: &Chat) {
    messages(page, chat, Detail::Full);
}

fn title(page: &mut Page, number: usize, chat: &Chat) {
    let title = chat.title.as_deref().map_or("(without a title)".into(), printable);
    let mut facts = vec![count(chat.messages.len() as u64, "message")];
    match chat.leaves().len() {
        0 | 1 => {}
        branches => facts.push(format!("{branches} branches")),
    }
    facts.push(bytes(chat.text_len() as u64));
    facts.extend(chat.model.as_deref().map(|model| format!("model {}", printable(model))));
    facts.extend(chat.source.as_deref().map(|source| format!("from {}", printable(source))));
    facts.extend(chat.created.map(|created| format!("begun {}", created.day())));
    let title = page.style.bold(&title);
    let facts = page.style.dim(&facts.join(" · "));
    page.line(format_args!("{number:>4}. {title}  {facts}"));
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
        page.aside(format_args!("      … {more}, shared but not shown here; --full shows all"));
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
        let mut page = Page::new(Style::plain());
        show_chats(&mut page, &[chat], detail);
        page.text().to_owned()
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
