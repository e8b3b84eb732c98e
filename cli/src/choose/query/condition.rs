use super::needle::Needle;
use crate::choose::{Mark, Standing};
use sheaf_protocol::chat::{Chat, Feedback, Part};
use sheaf_protocol::statement::Verdict;
use sheaf_protocol::time::Day;

/// A chat, and what is known of it here.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Subject<'a> {
    pub(crate) chat: &'a Chat,
    pub(crate) standing: &'a Standing,
    pub(crate) mark: &'a Mark,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Condition {
    /// In the title or in anything that is said.
    Words(Needle),
    Title(Needle),
    Model(Needle),
    Source(Needle),
    Tag(Needle),
    /// Begun on this day or later.
    After(Day),
    /// Begun before this day.
    Before(Day),
    /// Begun on a day that is written so, as far as it is written.
    Date(String),
    Rated(Rated),
    Has(Feature),
    Given(Giving),
    Chosen(bool),
    Messages(Bound),
    Size(Bound),
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Rated {
    Good,
    Bad,
    Interesting,
    Any,
    Not,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Feature {
    Branches,
    Code,
    Tools,
    Files,
    Thoughts,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Giving {
    /// Given before.
    Before,
    /// Can be given, and was not.
    NotYet,
    /// Cannot be given.
    Cannot,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Bound {
    AtLeast(usize),
    AtMost(usize),
}

impl Condition {
    pub(super) fn holds(&self, subject: &Subject<'_>) -> bool {
        let chat = subject.chat;
        match self {
            Self::Words(needle) => in_title(chat, needle) || in_text(chat, needle),
            Self::Title(needle) => in_title(chat, needle),
            Self::Model(needle) => models(chat).any(|model| needle.is_in(model)),
            Self::Source(needle) => chat.source.as_deref().is_some_and(|tool| needle.is_in(tool)),
            Self::Tag(needle) => tags(subject).any(|tag| needle.is_in(tag)),
            Self::After(day) => begun(chat).is_some_and(|begun| begun >= *day),
            Self::Before(day) => begun(chat).is_some_and(|begun| begun < *day),
            Self::Date(text) => begun(chat).is_some_and(|day| day.to_string().starts_with(text)),
            Self::Rated(rated) => rated.holds(subject),
            Self::Has(feature) => feature.is_in(chat),
            Self::Given(giving) => giving.holds(subject.standing),
            Self::Chosen(chosen) => subject.mark.chosen == *chosen,
            Self::Messages(bound) => bound.takes(chat.message_count()),
            Self::Size(bound) => bound.takes(chat.text_len()),
        }
    }

    /// Whether it may hold at one time and not at another.
    pub(super) fn asks_marks(&self) -> bool {
        matches!(self, Self::Tag(_) | Self::Rated(_) | Self::Chosen(_))
    }
}

fn begun(chat: &Chat) -> Option<Day> {
    chat.created.map(|created| created.day())
}

fn in_title(chat: &Chat, needle: &Needle) -> bool {
    chat.title.as_deref().is_some_and(|title| needle.is_in(title))
}

fn in_text(chat: &Chat, needle: &Needle) -> bool {
    parts(chat).any(|part| needle.is_in(part.body()))
}

fn parts(chat: &Chat) -> impl Iterator<Item = &Part> {
    chat.messages.iter().flat_map(|message| &message.parts)
}

fn models(chat: &Chat) -> impl Iterator<Item = &str> {
    chat.model.as_deref().into_iter().chain(chat.messages.iter().filter_map(|m| m.model.as_deref()))
}

fn feedback(chat: &Chat) -> impl Iterator<Item = &Feedback> {
    chat.feedback.iter().chain(chat.messages.iter().filter_map(|message| message.feedback.as_ref()))
}

fn tags<'a>(subject: &Subject<'a>) -> impl Iterator<Item = &'a String> {
    let of_tool = feedback(subject.chat).flat_map(|feedback| &feedback.tags);
    subject.mark.tags.iter().chain(of_tool)
}

impl Rated {
    /// In the tool, or here.
    fn holds(self, subject: &Subject<'_>) -> bool {
        let here = |verdict| subject.mark.verdict == Some(verdict);
        let ratings = || feedback(subject.chat).filter_map(|feedback| feedback.rating);
        let any = || subject.mark.verdict.is_some() || ratings().next().is_some();
        match self {
            Self::Good => here(Verdict::Good) || ratings().any(|rating| rating > 0),
            Self::Bad => here(Verdict::Bad) || ratings().any(|rating| rating < 0),
            Self::Interesting => here(Verdict::Interesting),
            Self::Any => any(),
            Self::Not => !any(),
        }
    }
}

impl Feature {
    fn is_in(self, chat: &Chat) -> bool {
        let any = |is: fn(&Part) -> bool| parts(chat).any(is);
        match self {
            Self::Branches => chat.leaves().len() > 1,
            Self::Code => any(|part| matches!(part, Part::Code { .. }) || fenced(part)),
            Self::Tools => {
                any(|part| matches!(part, Part::ToolCall { .. } | Part::ToolResult { .. }))
            }
            Self::Files => any(|part| matches!(part, Part::Media { .. })),
            Self::Thoughts => any(|part| matches!(part, Part::Reasoning { .. })),
        }
    }
}

/// Whether a text has a piece of code, as Markdown writes it.
fn fenced(part: &Part) -> bool {
    matches!(part, Part::Text { text } if text.contains("```"))
}

impl Giving {
    fn holds(self, standing: &Standing) -> bool {
        match standing {
            Standing::Free => self == Self::NotYet,
            Standing::Given(_) => self == Self::Before,
            Standing::Barred(_) => self == Self::Cannot,
        }
    }
}

impl Bound {
    fn takes(self, number: usize) -> bool {
        match self {
            Self::AtLeast(least) => number >= least,
            Self::AtMost(most) => number <= most,
        }
    }
}
