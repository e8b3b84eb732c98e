//! One message as it will be shared: who says it, to whom, when and by which model, every part of it,
//! and what was thought of it.

use super::chat::Detail;
use crate::output::Page;
use crate::text::{count, hidden_in, moment, printable, printable_lines};
use sheaf_protocol::chat::{Feedback, MediaKind, Message, Part, Score};

/// Characters of one part that are shown when shortened.
pub(super) const PART_CHARS_SHOWN: usize = 600;
/// What stands before a line of a message.
const INDENT: &str = "          ";

/// Shows one message.
pub(super) fn show_message(page: &mut Page, index: usize, message: &Message, detail: Detail) {
    let mut head = format!("      [{}] {}", index + 1, page.style.cyan(message.role.name()));
    if let Some(name) = &message.name {
        head.push_str(&format!(" ({})", printable(name)));
    }
    if message.hidden {
        head.push_str(" (hidden by the tool, shared all the same)");
    }
    for fact in facts(message) {
        head.push_str(&page.style.dim(&format!(" · {fact}")));
    }
    page.line(head);
    for part in &message.parts {
        if let Some(label) = part_label(part) {
            page.aside(format_args!("{INDENT}{label}"));
        }
        text(page, part.body(), detail);
    }
    if let Some(feedback) = &message.feedback {
        show_feedback(page, INDENT, "feedback", feedback, detail);
    }
}

fn facts(message: &Message) -> impl Iterator<Item = String> {
    let to = message.recipient.as_deref().map(|to| format!("to {}", printable(to)));
    let model = message.model.as_deref().map(|model| format!("model {}", printable(model)));
    [to, model, message.created.map(moment)].into_iter().flatten()
}

/// Shows what was thought of a message or a chat.
pub(super) fn show_feedback(
    page: &mut Page,
    indent: &str,
    name: &str,
    feedback: &Feedback,
    detail: Detail,
) {
    let Feedback { rating, rank, scores, tags, comment } = feedback;
    let mut facts = Vec::new();
    facts.extend(rating.map(rating_word));
    facts.extend(rank.map(|rank| format!("rank {rank}, of which 0 is the best")));
    facts.extend(scores.iter().map(|Score { name, value }| format!("{name} {value}")));
    facts.extend((!tags.is_empty()).then(|| format!("tagged {}", tags.join(", "))));
    facts.extend(comment.is_some().then(|| "in words:".to_owned()));
    page.aside(format_args!("{indent}({name}: {})", printable(&facts.join("; "))));
    if let Some(comment) = comment {
        text(page, comment, detail);
    }
}

fn rating_word(rating: i64) -> String {
    match rating {
        1 => "good".into(),
        0 => "neutral".into(),
        -1 => "bad".into(),
        other => other.to_string(),
    }
}

fn text(page: &mut Page, text: &str, detail: Detail) {
    let max = if detail == Detail::Full { usize::MAX } else { PART_CHARS_SHOWN };
    let cut = text.char_indices().nth(max).map_or(text.len(), |(at, _)| at);
    let (shown, rest) = text.split_at(cut);
    for line in printable_lines(shown).lines() {
        page.line(format_args!("{INDENT}{line}"));
    }
    if let hidden @ 1.. = hidden_in(shown) {
        let hidden = count(hidden, "character");
        page.aside(format_args!("{INDENT}({hidden} that command a terminal or hide: � here)"));
    }
    if !rest.is_empty() {
        let more = count(rest.chars().count() as u64, "more character");
        page.aside(format_args!("{INDENT}… {more}, shared but not shown here"));
    }
}

/// What a part is, where it is not simply said.
fn part_label(part: &Part) -> Option<String> {
    let said = |before: &str, field: &Option<String>| {
        field.as_deref().map(|field| format!("{before}{}", printable(field)))
    };
    Some(match part {
        Part::Text { .. } => return None,
        Part::Reasoning { .. } => "(reasoning)".into(),
        Part::Code { language, .. } => labelled("code", [said(" ", language)]),
        Part::ToolCall { id, name, .. } => {
            labelled("calls ", [Some(printable(name)), said(", as ", id)])
        }
        Part::ToolResult { id, name, is_error, .. } => {
            let failed = is_error.then(|| ", which failed".to_owned());
            labelled("result", [said(" of ", name), said(", to ", id), failed])
        }
        Part::Media { kind, mime, name, bytes, .. } => {
            let bytes = bytes.map(|bytes| format!(", {}", count(bytes, "byte")));
            let unshared = Some(": named, its content is not shared".to_owned());
            labelled(media(*kind), [said(" ", name), said(", ", mime), bytes, unshared])
        }
        Part::Other { kind, .. } => format!("({})", printable(kind)),
    })
}

fn labelled<const N: usize>(what: &str, facts: [Option<String>; N]) -> String {
    format!("({what}{})", facts.into_iter().flatten().collect::<String>())
}

fn media(kind: MediaKind) -> &'static str {
    match kind {
        MediaKind::Image => "image",
        MediaKind::Audio => "sound",
        MediaKind::Video => "film",
        MediaKind::File => "file",
    }
}
