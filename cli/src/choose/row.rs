//! One chat on one line.

use super::mark::word;
use super::{Candidate, Mark, Standing};
use crate::cells::{cells, cut, pad};
use crate::preview::judged;
use crate::text::{bytes, count, printable};
use sheaf_protocol::chat::Chat;

/// A column: its head, its width, and the width of a screen below which it is left out.
struct Column {
    head: &'static str,
    width: usize,
    from: usize,
    right: bool,
    cell: fn(&Candidate, &Mark) -> String,
}

/// The columns before the title.
const COLUMNS: [Column; 7] = [
    Column { head: "", width: 3, from: 0, right: false, cell: tick },
    Column { head: "", width: 1, from: 30, right: false, cell: verdict },
    Column { head: "day", width: 10, from: 40, right: false, cell: day },
    Column { head: "msgs", width: 4, from: 56, right: true, cell: messages },
    Column { head: "br", width: 2, from: 64, right: true, cell: branches },
    Column { head: "size", width: 4, from: 64, right: true, cell: size },
    Column { head: "model", width: 10, from: 76, right: false, cell: model_cell },
];

/// The heads of the columns.
pub(super) fn head(columns: usize) -> String {
    line(columns, |column| column.head.to_owned(), "title")
}

/// A chat on a line of so many columns.
pub(super) fn row(candidate: &Candidate, mark: &Mark, columns: usize) -> String {
    line(columns, |column| (column.cell)(candidate, mark), &title(&candidate.chat.chat))
}

fn line(columns: usize, cell: impl Fn(&Column) -> String, title: &str) -> String {
    let mut line = String::new();
    for column in COLUMNS.iter().filter(|column| columns >= column.from) {
        let text = cut(&cell(column), column.width);
        let fill = " ".repeat(column.width - cells(&text));
        let (before, after) = if column.right { (&fill[..], "") } else { ("", &fill[..]) };
        line.extend([before, &text, after, " "]);
    }
    pad(&(line + title), columns)
}

/// A title, or the first words.
pub(super) fn title(chat: &Chat) -> String {
    if let Some(title) = chat.title.as_deref().filter(|title| !title.trim().is_empty()) {
        return printable(title);
    }
    let said = chat.messages.iter().flat_map(|message| &message.parts).map(|part| part.body());
    let first = said.map(str::trim).find(|text| !text.is_empty()).unwrap_or_default();
    let first: String = first.chars().take(200).collect();
    format!("({})", printable(&first))
}

/// Whether it is chosen, or why it cannot be.
pub(super) fn tick(candidate: &Candidate, mark: &Mark) -> String {
    let tick = match candidate.standing {
        Standing::Given(_) => " = ",
        Standing::Barred(_) => " ! ",
        Standing::Free if mark.chosen => "[x]",
        Standing::Free => "[ ]",
    };
    tick.to_owned()
}

fn verdict(_: &Candidate, mark: &Mark) -> String {
    mark.verdict.map(|verdict| word(verdict)[..1].to_owned()).unwrap_or_default()
}

fn day(candidate: &Candidate, _: &Mark) -> String {
    candidate.chat.chat.created.map(|created| created.day().to_string()).unwrap_or_default()
}

fn messages(candidate: &Candidate, _: &Mark) -> String {
    candidate.chat.chat.message_count().to_string()
}

fn branches(candidate: &Candidate, _: &Mark) -> String {
    match candidate.chat.chat.leaves().len() {
        0 | 1 => String::new(),
        branches => branches.to_string(),
    }
}

/// A size in four characters, with its unit.
fn size(candidate: &Candidate, _: &Mark) -> String {
    match candidate.chat.chat.text_len() {
        bytes @ 0..1000 => bytes.to_string(),
        bytes @ 1000..1_000_000 => format!("{}k", bytes.div_ceil(1 << 10)),
        bytes => format!("{}M", bytes.div_ceil(1 << 20)),
    }
}

fn model_cell(candidate: &Candidate, _: &Mark) -> String {
    model(&candidate.chat.chat).unwrap_or_default()
}

/// The model of a chat, or of the first message that names one.
pub(super) fn model(chat: &Chat) -> Option<String> {
    let named = chat.messages.iter().find_map(|message| message.model.as_deref());
    chat.model.as_deref().or(named).map(printable)
}

/// All that the columns say of a chat, and what they have no room for.
pub(super) fn facts(candidate: &Candidate, mark: &Mark) -> String {
    let chat = &candidate.chat.chat;
    let mut facts = Vec::new();
    match &candidate.standing {
        Standing::Free => {}
        Standing::Given(id) => facts.push(format!("given before, as {id}")),
        Standing::Barred(why) => facts.push(format!("cannot be given: {}", printable(why))),
    }
    facts.extend(mark.verdict.map(|verdict| format!("marked {}", word(verdict))));
    facts.extend(
        (!mark.tags.is_empty()).then(|| format!("tags {}", printable(&mark.tags.join(", ")))),
    );
    facts.extend(chat.created.map(|created| created.day().to_string()));
    facts.push(count(chat.message_count() as u64, "message"));
    facts.extend(Some(chat.leaves().len()).filter(|n| *n > 1).map(|n| format!("{n} branches")));
    facts.push(bytes(chat.text_len() as u64));
    facts.extend(judged(chat));
    facts.extend(model(chat));
    facts.extend(chat.source.as_deref().map(|source| format!("from {}", printable(source))));
    facts.join(" · ")
}
