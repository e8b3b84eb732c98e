//! Choosing on a terminal that shows lines only: a numbered list, and a question.

use super::mark::{read_tags, word};
use super::row::{facts, head, row};
use super::state::State;
use super::{Mark, Standing};
use crate::error::CliError;
use crate::output::{Output, Page};
use crate::preview::show_whole;
use crate::prompt::ask;
use crate::text::{count, printable};
use sheaf_protocol::statement::Verdict;
use std::ops::RangeInclusive;

/// Chats that are listed at once.
const LISTED: usize = 20;
/// Columns of a line, where nothing else is known.
const COLUMNS: usize = 72;
/// What can be answered.
const ANSWERS: &str = "Numbers and ranges (3 5-8) choose chats, or no longer; all, none; /words \
                       searches, / shows all again; read 3 shows a chat whole; more shows the next; \
                       good 3 5-8 marks chats, or no longer, as do bad and interesting; tag 3 tea, \
                       cup gives tags, tag 3 none; done goes on to the screen that asks; quit gives \
                       nothing.";

/// What a person answered.
#[derive(Debug, PartialEq, Eq)]
enum Answer {
    /// Choose these places of the list, or no longer.
    Choose(Vec<RangeInclusive<usize>>),
    All,
    Nothing,
    Search(String),
    Read(usize),
    /// Mark these places so, or no longer.
    Judge(Verdict, Vec<RangeInclusive<usize>>),
    /// Give this place these tags.
    Tag(usize, Vec<String>),
    More,
    Done,
    Leave,
}

/// Lets the person choose, and gives back what they see then. `None` if they leave.
///
/// # Errors
/// [`Kind::NeedsAnswer`](crate::error::Kind::NeedsAnswer) where nobody can answer.
pub(super) async fn run(out: &Output, mut state: State) -> Result<Option<State>, CliError> {
    let heading = format!("{}: {}", state.heading, count(state.candidates.len() as u64, "chat"));
    out.show(|page| page.heading(heading));
    list(out, &state);
    match state.said.take() {
        Some(said) => out.note(said),
        None => out.note(ANSWERS),
    }
    loop {
        let chosen = count(state.chosen_count() as u64, "chat");
        let instead = "--select QUERY or --all chooses without asking";
        let line =
            ask(out, &format!("{chosen} chosen; numbers, all, /words, done, quit, ?:"), instead)
                .await?;
        match answer(&line, state.found.chats().len()) {
            Ok(Answer::Done) if state.chosen_count() > 0 => return Ok(Some(state)),
            Ok(Answer::Done) => out.note("nothing is chosen yet"),
            Ok(Answer::Leave) => return Ok(None),
            Ok(answer) => obey(out, &mut state, answer),
            Err(wrong) => out.note(wrong),
        }
    }
}

fn obey(out: &Output, state: &mut State, answer: Answer) {
    match answer {
        Answer::Choose(ranges) => ranges.into_iter().flatten().for_each(|number| {
            if let Some(said) = choose(state, number - 1) {
                out.note(said);
            }
        }),
        Answer::Judge(verdict, ranges) => ranges.into_iter().flatten().for_each(|number| {
            out.note(mark(state, number, |mark| mark.judge(verdict)));
        }),
        Answer::Tag(number, tags) => out.note(mark(state, number, |mark| mark.tags = tags)),
        Answer::All => state.choose_all(true),
        Answer::Nothing => state.choose_all(false),
        Answer::Search(text) => {
            search(state, &text);
            match state.found.error() {
                Some(error) => out.note(printable(&error.to_string())),
                None => list(out, state),
            }
        }
        Answer::Read(number) => out.show(|page| read(page, state, number - 1)),
        Answer::More => {
            state.top =
                if state.top + LISTED < state.found.chats().len() { state.top + LISTED } else { 0 };
            list(out, state);
        }
        Answer::Done | Answer::Leave => {}
    }
}

/// Chooses a place of the list, or no longer; what there is to say if it cannot be.
fn choose(state: &mut State, place: usize) -> Option<String> {
    let at = *state.found.chats().get(place)?;
    let candidate = &state.candidates[at];
    if candidate.standing != Standing::Free {
        return Some(format!("{}: {}", place + 1, facts(candidate, &state.marks[at])));
    }
    state.marks[at].chosen = !state.marks[at].chosen;
    None
}

/// Marks a place of the list, counted from 1; what there is to say of it then.
fn mark(state: &mut State, number: usize, change: impl FnOnce(&mut Mark)) -> String {
    let Some(at) = state.found.chats().get(number - 1).copied() else { return String::new() };
    let mark = &mut state.marks[at];
    change(mark);
    let judged = mark.verdict.map(|verdict| format!("marked {}", word(verdict)));
    let tagged = (!mark.tags.is_empty()).then(|| format!("tags {}", mark.tags.join(", ")));
    let unchosen = (!mark.chosen).then(|| "not chosen".to_owned());
    let said: Vec<String> = [judged, tagged, unchosen].into_iter().flatten().collect();
    let said = if said.is_empty() { "no mark".to_owned() } else { said.join("; ") };
    printable(&format!("{number}: {said}"))
}

fn search(state: &mut State, text: &str) {
    state.found.ask(text);
    state.find_all();
    state.top = 0;
}

fn list(out: &Output, state: &State) {
    out.show(|page| {
        page.aside(format_args!("      {}", head(COLUMNS)));
        let chats = state.found.chats();
        for (number, at) in (1..).zip(chats).skip(state.top).take(LISTED) {
            let row = row(&state.candidates[*at], &state.marks[*at], COLUMNS);
            page.verbatim(format_args!("{number:>5} {}", row.trim_end()));
        }
        let more = chats.len().saturating_sub(state.top + LISTED);
        if more > 0 {
            page.aside(format_args!("      … and {}", count(more as u64, "more chat")));
        }
        if chats.is_empty() {
            page.line("no chat is like that: / shows all again");
        }
    });
}

fn read(page: &mut Page, state: &State, place: usize) {
    let Some(at) = state.found.chats().get(place) else { return };
    let candidate = &state.candidates[*at];
    page.heading(super::row::title(&candidate.chat.chat));
    page.aside(facts(candidate, &state.marks[*at]));
    show_whole(page, &candidate.chat.chat);
}

/// Reads an answer about a list of so many chats.
fn answer(line: &str, listed: usize) -> Result<Answer, String> {
    if let Some(query) = line.strip_prefix('/') {
        return Ok(Answer::Search(query.trim().to_owned()));
    }
    Ok(match line.to_lowercase().as_str() {
        "all" => Answer::All,
        "none" => Answer::Nothing,
        "" | "more" => Answer::More,
        "done" | "d" => Answer::Done,
        "quit" | "q" => Answer::Leave,
        lower => match lower.split_once(' ') {
            Some(("read", number)) => Answer::Read(place(number, listed)?),
            Some(("good", places)) => Answer::Judge(Verdict::Good, ranges(places, listed)?),
            Some(("bad", places)) => Answer::Judge(Verdict::Bad, ranges(places, listed)?),
            Some(("interesting", places)) => {
                Answer::Judge(Verdict::Interesting, ranges(places, listed)?)
            }
            // As it was typed: tags may have capitals.
            Some(("tag", _)) => tag(line.get("tag ".len()..).unwrap_or_default().trim(), listed)?,
            _ => Answer::Choose(ranges(lower, listed)?),
        },
    })
}

/// `3 tea, cup`
fn tag(text: &str, listed: usize) -> Result<Answer, String> {
    let (number, tags) = text.split_once(' ').ok_or("tag 3 tea, cup: a number, then the tags")?;
    let tags = if tags.trim() == "none" { Vec::new() } else { read_tags(tags)? };
    Ok(Answer::Tag(place(number, listed)?, tags))
}

fn place(word: &str, listed: usize) -> Result<usize, String> {
    Ok(*range(word.trim(), listed)?.start())
}

fn ranges(places: &str, listed: usize) -> Result<Vec<RangeInclusive<usize>>, String> {
    let words = places.split([' ', ',']).filter(|word| !word.is_empty());
    words.map(|word| range(word, listed)).collect()
}

fn range(word: &str, listed: usize) -> Result<RangeInclusive<usize>, String> {
    let (first, last) = word.split_once('-').unwrap_or((word, word));
    match (first.parse(), last.parse()) {
        (Ok(first), Ok(last)) if (1..=last).contains(&first) && last <= listed => Ok(first..=last),
        (Ok(_), Ok(_)) if listed == 0 => Err("the list is empty: / shows all again".to_owned()),
        (Ok(_), Ok(_)) => Err(format!("{word}: the list has the numbers 1 to {listed}")),
        _ if word == "?" => Err(ANSWERS.to_owned()),
        _ => Err(format!("{}: not understood. {ANSWERS}", printable(word))),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::choose::tests::{many, titles};

    #[test]
    fn an_answer_is_read_or_what_is_wrong_is_said() {
        assert_eq!(answer("3 5-8,1", 9), Ok(Answer::Choose(vec![3..=3, 5..=8, 1..=1])));
        assert_eq!(answer("ALL", 9), Ok(Answer::All));
        assert_eq!(answer("/ green tea", 9), Ok(Answer::Search("green tea".into())));
        assert_eq!(answer("read 2", 9), Ok(Answer::Read(2)));
        assert_eq!(answer("Good 2 4-5", 9), Ok(Answer::Judge(Verdict::Good, vec![2..=2, 4..=5])));
        let tags = ["Cup".into(), "green tea".into()];
        assert_eq!(answer("tag 3 green tea, Cup", 9), Ok(Answer::Tag(3, tags.into())));
        assert_eq!(answer("tag 3 none", 9), Ok(Answer::Tag(3, Vec::new())));
        for wrong in [
            "good 10",
            "tag 3",
            "tag tea",
            "tag 10 tea",
            "10",
            "0",
            "8-3",
            "5-",
            "tea",
            "read",
            "read 10",
            "-",
            "?",
        ] {
            assert!(answer(wrong, 9).is_err(), "{wrong}");
        }
    }

    #[test]
    fn numbers_are_places_of_the_list_that_is_shown() {
        let mut state = State::new("Tea", many(30));
        search(&mut state, "title:\"Cup 2\"");
        assert_eq!(choose(&mut state, 0), None);
        assert_eq!(titles(state.chosen()), ["Cup 29"], "the newest of those that were found");
        let said = mark(&mut state, 1, |mark| mark.judge(Verdict::Good));
        assert_eq!(said, "1: marked good");
        let said = mark(&mut state, 2, |mark| mark.tags = vec!["tea".into()]);
        assert_eq!(said, "2: tags tea; not chosen", "a mark alone gives nothing");
        assert_eq!(mark(&mut state, 1, |mark| mark.judge(Verdict::Good)), "1: no mark");
        assert_eq!(state.chosen()[0].verdict, None);
    }
}
