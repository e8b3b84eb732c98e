//! The chooser without a terminal.

#![allow(clippy::unwrap_used)]

use super::draw::draw;
use super::keys::Key;
use super::state::{Size, State, Step};
use super::{Candidate, Query, Standing};
use crate::cells::cells;
use crate::chosen::Chosen;
use crate::style::Style;
use sheaf_node::import::Imported;
use sheaf_protocol::chat::{Chat, Feedback, Message, Part, Role};
use sheaf_protocol::statement::Verdict;
use sheaf_protocol::time::{Day, Time};
use std::sync::Arc;

/// A chat that can be given.
pub(super) fn candidate(title: &str, text: &str) -> Candidate {
    let chat = Chat {
        title: Some(title.to_owned()),
        messages: vec![
            Message::new(Role::User, None, vec![Part::text(text)]),
            Message::new(Role::Assistant, Some(0), vec![Part::text("Gladly.")]),
        ],
        ..Chat::default()
    };
    let chat = Imported { source_id: None, position: 1, chat };
    Candidate { chat: Arc::new(chat), standing: Standing::Free }
}

/// The chat of a candidate, to make it another.
fn chat_of(candidate: &mut Candidate) -> &mut Chat {
    &mut Arc::make_mut(&mut candidate.chat).chat
}

fn begun(mut candidate: Candidate, day: &str) -> Candidate {
    let day: Day = day.parse().unwrap();
    chat_of(&mut candidate).created = Time::from_ms(day.end().ms() - 1);
    candidate
}

/// `Cup 0` to the newest.
pub(super) fn many(number: u32) -> Vec<Candidate> {
    let cup = |n| {
        let mut cup = candidate(&format!("Cup {n}"), &format!("another, number {n}"));
        chat_of(&mut cup).created = Time::from_ms(u64::from(n + 1) * 86_400_000);
        cup
    };
    (0..number).map(cup).collect()
}

pub(super) fn titles(chosen: Vec<Chosen>) -> Vec<String> {
    chosen.into_iter().filter_map(|chosen| chosen.chat.chat.title.clone()).collect()
}

fn state(candidates: Vec<Candidate>) -> State {
    State { style: Style::plain(), ..State::new("Tea", candidates) }
}

/// Presses keys as they are typed; searches to the end after each. `⏎` is enter, `⎋` escape, `⇥` tab.
fn press(state: &mut State, typed: &str) -> Step {
    let mut last = Step::Stay;
    for c in typed.chars() {
        let key = match c {
            '⏎' => Key::Enter,
            '⎋' => Key::Escape,
            '↓' => Key::Down,
            '↑' => Key::Up,
            '⇥' => Key::Tab,
            c => Key::Char(c),
        };
        last = state.step(&key);
        state.find_all();
    }
    last
}

fn seen(state: &State) -> String {
    draw(state).lines.join("\n")
}

#[test]
fn nothing_is_chosen_before_somebody_does() {
    let mut several = state(many(3));
    assert_eq!(several.chosen_count(), 0);
    assert_eq!(press(&mut several, "c"), Step::Stay);
    assert!(seen(&several).contains("nothing is chosen yet"), "{}", seen(&several));
    assert_eq!(state(many(1)).chosen_count(), 1, "one chat is what was meant");
}

#[test]
fn the_newest_stands_first_and_what_has_no_date_last() {
    let mut chats = vec![candidate("Undated", "x")];
    chats.extend(many(2));
    let seen = seen(&state(chats));
    let place = |title: &str| seen.find(title).unwrap();
    assert!(place("Cup 1") < place("Cup 0") && place("Cup 0") < place("Undated"), "{seen}");
}

#[test]
fn chats_are_searched_read_chosen_and_labelled() {
    let mut state = state(many(500));
    press(&mut state, "/\"number 42\"");
    assert!(seen(&state).contains("11 of 500 chats"), "420 to 429 and 42\n{}", seen(&state));
    assert!(press(&mut state, "⏎") == Step::Stay && seen(&state).contains("/ \"number 42\""));
    press(&mut state, " ");
    assert!(seen(&state).contains("[x]"), "chosen, and the next is under the cursor");
    press(&mut state, "⏎");
    assert!(seen(&state).contains("another, number 428"), "read whole\n{}", seen(&state));
    press(&mut state, "gn ttea, cup⏎");
    assert!(seen(&state).contains("tags cup, tea"), "{}", seen(&state));
    assert_eq!(press(&mut state, "q⎋c"), Step::Done);
    let chosen = state.chosen();
    assert_eq!(chosen[0].tags, ["cup", "tea"]);
    assert_eq!(titles(chosen), ["Cup 427", "Cup 429"], "in the order of the file");
}

#[test]
fn all_means_all_that_are_shown_and_can_be_given() {
    let mut chats = many(30);
    chats[7].standing = Standing::Given("f3xrumgsu4".into());
    chats[17].standing = Standing::Barred("too large".into());
    let mut state = state(chats);
    press(&mut state, "/7⏎a");
    assert!(seen(&state).contains("1 chat chosen; 2 were given before"), "{}", seen(&state));
    assert_eq!(state.chosen_count(), 1, "27 alone");
    press(&mut state, "a");
    assert_eq!(state.chosen_count(), 0, "again: none");
    press(&mut state, "⎋/given:cannot⏎ ");
    assert!(seen(&state).contains("cannot be given: too large"), "{}", seen(&state));
    press(&mut state, "⎋/given:yes⏎ ");
    assert!(seen(&state).contains("given before, as f3xrumgsu4"), "{}", seen(&state));
    assert_eq!(state.chosen_count(), 0, "neither can be chosen");
}

#[test]
fn leaving_loses_nothing_without_a_question() {
    let mut state = state(many(3));
    assert_eq!(press(&mut state, "q"), Step::Leave, "nothing would be lost");
    press(&mut state, " q");
    assert!(seen(&state).contains("Leave, and forget 1 chosen chat"), "{}", seen(&state));
    assert_eq!(press(&mut state, "n"), Step::Stay);
    assert_eq!(press(&mut state, "⎋y"), Step::Leave);
    assert_eq!(state.step(&Key::Interrupt), Step::Leave, "Ctrl-C asks nothing");
}

#[test]
fn who_signs_nothing_finds_the_list_as_it_was() {
    let mut state = state(many(100));
    press(&mut state, "/number 4⏎ ↓ ttea⏎⏎");
    let (chosen, current) = (state.chosen_count(), state.current());
    assert_eq!((chosen, press(&mut state, "c")), (2, Step::Done), "from within a chat");
    let mut standings = vec![Standing::Free; 100];
    state.again(standings.clone());
    let seen_again = seen(&state);
    assert!(seen_again.contains("/ number 4") && seen_again.contains("2 chosen"), "{seen_again}");
    assert!(seen_again.contains("what you chose is still chosen"), "{seen_again}");
    assert_eq!(state.current(), current, "the cursor stands where it stood");
    assert!(state.marks.iter().any(|mark| mark.tags == ["tea"]), "what was said stays said");

    standings[94] = Standing::Barred("too large".into());
    state.again(standings);
    assert!(seen(&state).contains("1 chosen chat cannot be given now"), "{}", seen(&state));
    assert_eq!(titles(state.chosen()), ["Cup 74"], "what cannot be given is no longer chosen");
    press(&mut state, "⎋/number given:no⏎");
    assert_eq!(state.found.chats().len(), 99);
    state.again(vec![Standing::Free; 100]);
    assert_eq!(state.found.chats().len(), 100, "what is searched is looked for anew");
}

#[test]
fn who_types_faster_than_it_is_searched_chooses_what_is_found() {
    let mut state = state(many(100));
    "/number 42⏎ ".chars().for_each(|c| {
        state.step(&if c == '⏎' { Key::Enter } else { Key::Char(c) });
    });
    assert_eq!(titles(state.chosen()), ["Cup 42"]);
}

#[test]
fn a_verdict_is_given_and_taken_back() {
    let mut state = state(many(2));
    press(&mut state, " ↑b");
    assert!(seen(&state).contains("marked bad"), "{}", seen(&state));
    press(&mut state, "g");
    assert_eq!(state.marks[1].verdict, Some(Verdict::Good), "one verdict, the last");
    press(&mut state, "g");
    assert_eq!(state.marks[1].verdict, None);
    press(&mut state, "↓i");
    assert!(seen(&state).contains("space chooses it"), "a mark alone gives nothing");
}

#[test]
fn a_searched_word_is_found_again_in_a_long_chat() {
    let mut chats = many(2);
    let text =
        format!("{}\nthe Kettle hums\n{}\nanother kettle", "x\n".repeat(60), "y\n".repeat(60));
    chat_of(&mut chats[1]).messages[0].parts = vec![Part::text(text)];
    let mut state = state(chats);
    press(&mut state, "/kettle⏎⏎");
    assert!(seen(&state).contains("searched words in 2: tab goes there"), "{}", seen(&state));
    press(&mut state, "⇥");
    assert!(seen(&state).contains("the Kettle hums"), "{}", seen(&state));
    press(&mut state, "⇥");
    assert!(seen(&state).contains("another kettle"), "{}", seen(&state));
    press(&mut state, "⇥");
    assert!(seen(&state).contains("the Kettle hums"), "after the last the first again");
}

#[test]
fn a_chat_stays_where_it_was_read_when_the_screen_has_another_size() {
    let mut chats = many(1);
    let text: String = (0..100).map(|n| format!("line number {n}.\n")).collect();
    chat_of(&mut chats[0]).messages[0].parts = vec![Part::text(text)];
    let mut state = state(chats);
    press(&mut state, &format!("⏎{}", "↓".repeat(50)));
    for columns in [80, 30, 80] {
        state.resize(Size { rows: 24, columns });
        assert!(seen(&state).contains("line number 55."), "{columns}\n{}", seen(&state));
    }
}

#[test]
fn escape_ends_a_search_and_the_cursor_stays_on_its_chat() {
    let mut state = state(many(100));
    press(&mut state, "/number 50⏎⎋");
    assert!(state.found.text().is_empty());
    let current = state.current().unwrap();
    assert_eq!(state.candidates[current].chat.chat.title.as_deref(), Some("Cup 50"));
}

#[test]
fn a_mistake_in_a_query_is_said_and_the_rest_of_it_holds() {
    let mut state = state(many(10));
    press(&mut state, "/number 4 rated:great⏎");
    assert!(seen(&state).contains("rated: takes good, bad"), "{}", seen(&state));
    assert!(seen(&state).contains("Cup 4"), "what can be read of it holds");
    press(&mut state, "⎋");
    assert!(seen(&state).contains("10 chats"));
}

#[test]
fn a_longer_query_finds_what_it_would_have_found_at_once() {
    for query in
        ["number 4 2", "cup -1 3", "\"number 4\" chosen:no", "number rated:no 7", "4 messages:2+"]
    {
        let mut typed = state(many(60));
        press(&mut typed, &format!("/{query}"));
        let mut at_once = state(many(60));
        at_once.found.ask(query);
        at_once.find_all();
        assert_eq!(typed.found.chats(), at_once.found.chats(), "{query}");
        assert!(!typed.found.chats().is_empty(), "{query}");
    }
}

#[test]
fn each_condition_tells_chats_apart() {
    let mut kettle = begun(candidate("Kettle", "``` fn boil() ```"), "2025-03-09");
    let chat = chat_of(&mut kettle);
    (chat.model, chat.source) = (Some("gpt-4o".into()), Some("chatgpt".into()));
    chat.messages[1].feedback = Some(Feedback { rating: Some(1), ..Feedback::default() });
    chat.messages.push(Message::new(Role::Assistant, Some(0), vec![Part::text("No.")]));
    let plain = begun(candidate("Pot", "brown kettle"), "2024-12-31");
    for query in [
        "title:kettle",
        "model:GPT-4",
        "source:chatgpt",
        "after:2025-03",
        "after:2025",
        "date:2025-03",
        "-before:2025-03-09",
        "rated:good",
        "rated:yes",
        "-rated:no",
        "has:branches",
        "has:code",
        "messages:3+",
        "-messages:2-",
        "boil",
        "-brown",
        "size:20+",
        "\"fn boil\"",
    ] {
        let query: Query = query.parse().unwrap();
        let takes =
            |candidate: &Candidate| query.takes_unmarked(&candidate.chat.chat, &candidate.standing);
        assert!(takes(&kettle), "{query:?}");
        assert!(!takes(&plain), "{query:?}");
    }
}

#[test]
fn every_line_fits_whatever_the_screen_and_the_title() {
    let mut chats = many(40);
    let titles = [
        "日本語の茶".repeat(20),
        "🍵👩‍💻".repeat(30),
        "e\u{301}".repeat(90),
        "\x1b[2J\u{202e}evil\r\n\x07".repeat(9),
    ];
    for (chat, title) in chats.iter_mut().zip(titles.iter().cycle()) {
        chat_of(chat).title = Some(title.clone());
        chat_of(chat).messages[0].parts = vec![Part::text(format!("{title}\n{title}"))];
    }
    let mut state = state(chats);
    for (rows, columns) in [(24, 80), (24, 40), (50, 200), (10, 20), (6, 12), (2, 5), (1, 2)] {
        state.resize(Size { rows, columns });
        for typed in ["", "?", "q", "⏎", "t茶", "⎋q", "/", "日本", "⏎⎋", " ", "q", "n"] {
            press(&mut state, typed);
            let frame = draw(&state);
            assert_eq!(frame.lines.len(), rows, "{typed} at {rows}×{columns}");
            for line in &frame.lines {
                assert!(cells(line) <= columns, "{line:?} is wider than {columns}");
                assert!(!line.chars().any(|c| c.is_control() || c == '\u{202e}'), "{line:?}");
            }
            let inside = frame.cursor.is_none_or(|(row, column)| row < rows && column <= columns);
            assert!(inside, "{:?} at {rows}×{columns}", frame.cursor);
        }
    }
}

#[test]
fn the_columns_of_chats_stand_under_each_other() {
    let mut chats = many(3);
    chat_of(&mut chats[1]).model = Some("模型の名前はとても長い".into());
    let state = state(chats);
    let seen = seen(&state);
    let columns: Vec<usize> = seen
        .lines()
        .filter_map(|line| line.split_once("Cup").map(|(before, _)| cells(before)))
        .collect();
    assert!(columns.len() == 3 && columns.iter().all(|column| *column == columns[0]), "{seen}");
}

#[test]
fn whatever_is_pressed_the_cursor_is_on_a_chat_and_nothing_panics() {
    let mut random = 0x2545_f491_4f6c_dd1d_u64;
    let mut next = |below: usize| {
        random ^= random << 13;
        random ^= random >> 7;
        random ^= random << 17;
        (random >> 33) as usize % below
    };
    let keys: Vec<Key> = "qacgbitjknp/? xu:4\"-ré".chars().map(Key::Char).collect();
    let others = [
        Key::Enter,
        Key::Escape,
        Key::Tab,
        Key::Backspace,
        Key::Delete,
        Key::ClearLine,
        Key::DeleteWord,
        Key::Up,
        Key::Down,
        Key::Left,
        Key::Right,
        Key::PageUp,
        Key::PageDown,
        Key::Home,
        Key::End,
        Key::Redraw,
        Key::Pasted("cup 1".into()),
        Key::Pasted("given:no".into()),
    ];
    let keys = [&keys[..], &others].concat();
    for chats in [0, 1, 2, 25, 300] {
        let mut state = state(many(chats));
        for _ in 0..1_000 {
            state.step(&keys[next(keys.len())]);
            if next(3) > 0 {
                state.go_on();
            }
            if next(50) == 0 {
                state.resize(Size { rows: 1 + next(40), columns: 2 + next(120) });
            }
            let listed = state.found.chats().len();
            assert!(state.at < listed.max(1), "{} of {listed}", state.at);
            assert!(
                state.top <= state.at && state.at < state.top + state.list_rows(),
                "it is seen"
            );
            let frame = draw(&state);
            assert_eq!(frame.lines.len(), state.size.rows);
            assert!(frame.lines.iter().all(|line| cells(line) <= state.size.columns));
        }
    }
}
