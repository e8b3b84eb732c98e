//! Lists of messages → messages that follow each other, with branches where answers part.

use super::fields::Dropped;
use sheaf_protocol::chat::{Feedback, Message, Role};

/// Messages of which each follows the one before.
pub(super) fn chain(list: Vec<Message>) -> Vec<Message> {
    let mut messages = Vec::with_capacity(list.len());
    grow(&mut messages, None, list);
    messages
}

/// Appends `list` below the message `parent`.
fn grow(
    messages: &mut Vec<Message>,
    mut parent: Option<u32>,
    list: impl IntoIterator<Item = Message>,
) {
    for message in list {
        let index = u32::try_from(messages.len()).ok();
        messages.push(Message { parent, ..message });
        parent = index;
    }
}

/// `messages` below the last of `lead`.
pub(super) fn led_by(lead: Vec<Message>, messages: Vec<Message>) -> Vec<Message> {
    let Some(shift) = u32::try_from(lead.len()).ok().filter(|len| *len > 0) else {
        return messages;
    };
    let below = |parent: Option<u32>| parent.map_or(shift - 1, |at| at.saturating_add(shift));
    let mut led = chain(lead);
    led.extend(messages.into_iter().map(|m| Message { parent: Some(below(m.parent)), ..m }));
    led
}

/// One of several answers to the same messages.
#[derive(Default)]
pub(super) struct Answer {
    /// What follows the question; or, if the question's first message is among these, the whole
    /// talk.
    pub(super) messages: Vec<Message>,
    /// What is thought of it.
    pub(super) feedback: Feedback,
    /// The model that gave it, where the message does not say so.
    pub(super) model: Option<String>,
}

/// The talk that begins with `question` and goes on with each of `answers`. They share messages
/// as long as they say the same as the first of them; where one parts, what is thought of both
/// stands on the messages at which they part. Two that are equal are one, and that is counted.
pub(super) fn fork(
    question: Vec<Message>,
    answers: Vec<Answer>,
    dropped: &mut Dropped,
) -> Vec<Message> {
    let mut answers = answers.into_iter();
    let Some(first) = answers.next() else { return chain(question) };
    let head = question.first().cloned();
    let is_whole = |list: &[Message]| head.as_ref().is_some_and(|head| list.contains(head));
    let (path, base) = first_path(question, first.messages, is_whole);
    let mut messages = chain(path);
    let len = messages.len();
    let mut parting = if answers.len() == 0 { base } else { len };
    for other in answers {
        let from = if is_whole(&other.messages) { 0 } else { base };
        let Some(same) = parts_at(&messages[from..len], &other.messages, base - from) else {
            dropped.count("answer that is equal to the one it is compared with");
            continue;
        };
        parting = parting.min(from + same);
        branch(&mut messages, from + same, same, other);
    }
    judge(messages[..len].get_mut(parting), first.feedback, first.model);
    messages
}

/// The messages of the first answer with those that lead to it, and how many of them lead to it.
fn first_path(
    question: Vec<Message>,
    answer: Vec<Message>,
    is_whole: impl Fn(&[Message]) -> bool,
) -> (Vec<Message>, usize) {
    if is_whole(&answer) {
        let last = answer.iter().position(|message| Some(message) == question.last());
        let base = last.map_or(question.len(), |last| last + 1).min(answer.len());
        return (answer, base);
    }
    let base = question.len();
    (question.into_iter().chain(answer).collect(), base)
}

/// Appends `answer` without its first `shared` messages, below the message before `at`.
fn branch(messages: &mut Vec<Message>, at: usize, shared: usize, answer: Answer) {
    let begin = messages.len();
    let parent = at.checked_sub(1).and_then(|parent| u32::try_from(parent).ok());
    grow(messages, parent, answer.messages.into_iter().skip(shared));
    judge(messages.get_mut(begin), answer.feedback, answer.model);
}

/// Where `other` leaves `path`; `None` if they are equal. Where one only goes on longer than the
/// other, their last common message counts as two, so that each has one of its own, unless it
/// belongs to the question, the first `least` messages.
fn parts_at(path: &[Message], other: &[Message], least: usize) -> Option<usize> {
    let same = path.iter().zip(other).take_while(|(a, b)| say_the_same(a, b)).count();
    match (same == path.len(), same == other.len()) {
        (true, true) => None,
        (false, false) => Some(same),
        _ => Some(same.saturating_sub(1).max(least.min(same))),
    }
}

fn say_the_same(a: &Message, b: &Message) -> bool {
    let said = |m: &Message| (m.role, m.hidden);
    let whose = |a: &Message, b: &Message| a.name == b.name && a.model == b.model;
    said(a) == said(b) && whose(a, b) && a.parts == b.parts
}

/// Adds what is thought of a message to what stands there already.
fn judge(message: Option<&mut Message>, feedback: Feedback, model: Option<String>) {
    let Some(message) = message else { return };
    if message.model.is_none() && message.role == Role::Assistant {
        message.model = model;
    }
    add(&mut message.feedback, feedback);
}

/// Adds `more` to `feedback`; what is there already stays.
pub(super) fn add(feedback: &mut Option<Feedback>, more: Feedback) {
    if more == Feedback::default() {
        return;
    }
    let feedback = feedback.get_or_insert_default();
    feedback.rating = feedback.rating.or(more.rating);
    feedback.rank = feedback.rank.or(more.rank);
    feedback.scores.extend(more.scores);
    feedback.tags.extend(more.tags);
    feedback.comment = feedback.comment.take().or(more.comment);
}

#[cfg(test)]
mod tests {
    use super::*;
    use sheaf_protocol::chat::Part;

    /// `u` and `a` are a user's and an assistant's words.
    fn list(words: &str) -> Vec<Message> {
        let role = |word: &str| if word.starts_with('u') { Role::User } else { Role::Assistant };
        let said = |word| Message::new(role(word), None, vec![Part::text(word)]);
        words.split_whitespace().map(said).collect()
    }

    fn answer(words: &str, rank: u32) -> Answer {
        let feedback = Feedback { rank: Some(rank), ..Feedback::default() };
        Answer { messages: list(words), feedback, model: None }
    }

    /// Each message with its parent and rank.
    fn forked(question: &str, answers: &[&str]) -> (String, u64) {
        let mut dropped = Dropped::default();
        let answers = answers.iter().zip(0..).map(|(words, rank)| answer(words, rank)).collect();
        let messages = fork(list(question), answers, &mut dropped);
        let show = |m: &Message| {
            let parent = m.parent.map_or("-".into(), |parent| parent.to_string());
            let rank = m.feedback.as_ref().and_then(|f| f.rank).map(|rank| format!("#{rank}"));
            format!("{}<{parent}{}", m.parts[0].body(), rank.unwrap_or_default())
        };
        let shown: Vec<String> = messages.iter().map(show).collect();
        (shown.join(" "), dropped.into_counts().values().sum())
    }

    #[test]
    fn answers_part_where_they_differ() {
        for (question, answers, expected) in [
            ("u1", &["a1", "a2"][..], "u1<- a1<0#0 a2<0#1"),
            ("u1", &["u1 a1", "u1 a2"], "u1<- a1<0#0 a2<0#1"),
            ("u1", &["u1 a1", "a2"], "u1<- a1<0#0 a2<0#1"),
            ("u1", &["a1", "u1 a2"], "u1<- a1<0#0 a2<0#1"),
            ("u1 a1", &["u1 a1", "u1 a2"], "u1<- a1<0#0 a2<0#1"),
            ("", &["u1 a1 u2 a2", "u1 a1 u2 a3"], "u1<- a1<0 u2<1 a2<2#0 a3<2#1"),
            ("", &["a1", "a2"], "a1<-#0 a2<-#1"),
            ("u1", &["a1 u2 a2", "a1 u2 a3"], "u1<- a1<0 u2<1 a2<2#0 a3<2#1"),
            ("u1", &["a1 u2", "a1"], "u1<- a1<0#0 u2<1 a1<0#1"),
            ("u1", &["a1", "a2", "a3"], "u1<- a1<0#0 a2<0#1 a3<0#2"),
            ("u1", &["a1"], "u1<- a1<0#0"),
            ("u1", &[], "u1<-"),
            ("u0 u1", &["u0 u1 a1", "a2"], "u0<- u1<0 a1<1#0 a2<1#1"),
            ("u1", &["", "a2"], "u1<- a2<0#1"),
        ] {
            assert_eq!(forked(question, answers), (expected.into(), 0), "{question} {answers:?}");
        }
        assert_eq!(forked("u1", &["a1", "a1"]), ("u1<- a1<0".into(), 1), "equal ones are one");
    }

    #[test]
    fn what_leads_stands_above_every_root() {
        let led = led_by(list("u0 u1"), vec![list("a1").remove(0), list("a2").remove(0)]);
        let parents: Vec<_> = led.iter().map(|m| m.parent).collect();
        assert_eq!(parents, [None, Some(0), Some(1), Some(1)]);
        assert_eq!(led_by(Vec::new(), chain(list("u1 a1")))[1].parent, Some(0));
    }
}
