//! Programs of `sh`, asked about chats.

use super::confine::Confinement;
use super::{Plugin, PluginCause, PluginError, PluginSettings};
use crate::limits::{PLUGIN_ANSWER_BYTES_MAX, PLUGIN_STARTS_MAX};
use crate::scrub::{AnswerError, Finder};
use sheaf_protocol::chat::{Chat, Message, Part, Role};
use std::fs::File;
use std::io::Read as _;
use std::net::TcpListener;
use std::path::Path;
use std::process::Command;
use std::time::Duration;

/// Marks the first three letters of a title.
const MARKS: &str = r#"echo '{"spans":[{"at":"title","start":0,"end":3,"kind":"codeword"}]}'"#;

fn chat(title: &str) -> Chat {
    let said = Message::new(Role::User, None, vec![Part::text("hello")]);
    Chat { title: Some(title.into()), messages: vec![said], ..Chat::default() }
}

fn script(script: &str) -> PluginSettings {
    PluginSettings { args: vec!["-c".into(), script.into()], ..PluginSettings::new("sh") }
}

fn staying(text: &str) -> PluginSettings {
    PluginSettings { stays: true, ..script(text) }
}

async fn asked(settings: PluginSettings) -> Result<usize, PluginError> {
    let plugin = Plugin::open(&settings).await?;
    plugin.finds(&chat("a title")).await.map(|finds| finds.len())
}

#[tokio::test]
async fn a_program_is_asked_and_what_it_finds_is_known_as_its_own() {
    let plugin = Plugin::open(&script(&format!("cat >/dev/null; {MARKS}"))).await.unwrap();
    let [find] = &plugin.finds(&chat("Zauberwort")).await.unwrap()[..] else { panic!("one find") };
    assert_eq!((find.by, find.span.range()), (Finder::Plugin, 0..3));
    assert_eq!(
        (find.place.to_string(), find.span.kind.to_string()),
        ("title".into(), "codeword".into())
    );
}

#[tokio::test]
async fn a_program_is_given_the_chat_as_one_line() {
    let program = r#"read -r line; [ "$line" = "$0" ] && read -r more || echo '{"spans":[]}'"#;
    let mut settings = script(program);
    settings.args.push(crate::scrub::question(&chat("a \"title\"")));
    let plugin = Plugin::open(&settings).await.unwrap();
    assert_eq!(plugin.finds(&chat("a \"title\"")).await.unwrap(), []);
}

#[tokio::test]
async fn a_program_need_not_read_what_it_answers() {
    let long = Message::new(Role::User, None, vec![Part::text("long ".repeat(200_000))]);
    let plugin = Plugin::open(&script(MARKS)).await.unwrap();
    let found = plugin.finds(&Chat { messages: vec![long], ..chat("a title") }).await;
    assert_eq!(found.unwrap().len(), 1, "a megabyte that nobody reads holds nothing up");
}

#[tokio::test]
async fn a_program_that_stays_answers_one_chat_after_the_other() {
    let counts = r#"n=0; while read -r line; do n=$((n+1));
        echo "{\"spans\":[{\"at\":\"title\",\"start\":0,\"end\":$n,\"kind\":\"codeword\"}]}"; done"#;
    let plugin = Plugin::open(&staying(counts)).await.unwrap();
    for n in 1..=3 {
        let finds = plugin.finds(&chat("a title")).await.unwrap();
        assert_eq!(finds[0].span.end, n, "the same process counts on");
    }
}

#[tokio::test]
async fn a_program_that_fails_is_named_with_its_last_words() {
    for settings in [script("echo broken >&2; exit 3"), staying("echo broken >&2; exit 3")] {
        let error = asked(settings).await.unwrap_err();
        assert!(matches!(&error.cause, PluginCause::Ended(status) if status.code() == Some(3)));
        assert_eq!(error.last_words, "broken");
        let said = error.to_string();
        assert!(said.contains("the scrubber sh") && said.contains("exit code 3"), "{said}");
    }
    let missing = asked(PluginSettings::new("/nowhere/scrubber")).await.unwrap_err();
    assert!(matches!(missing.cause, PluginCause::Missing), "{missing}");
}

#[tokio::test]
async fn nonsense_is_no_answer() {
    type Is = fn(&PluginCause) -> bool;
    let cases: [(&str, Is); 6] = [
        ("echo hello", |c| matches!(c, PluginCause::Answer(AnswerError::NotJson { .. }))),
        ("true", |c| matches!(c, PluginCause::Answer(AnswerError::NotJson { .. }))),
        ("echo '[]'", |c| matches!(c, PluginCause::Answer(AnswerError::Form { .. }))),
        (r#"echo '{"spans":[{"at":"title","start":0,"end":99,"kind":"a"}]}'"#, |c| {
            matches!(c, PluginCause::Answer(AnswerError::Range { length: 7, .. }))
        }),
        (
            r#"echo '{"spans":[{"at":"messages[9].parts[0].text","start":0,"end":1,"kind":"a"}]}'"#,
            |c| matches!(c, PluginCause::Answer(AnswerError::Place { span: 0, .. })),
        ),
        ("tr '\\0' x </dev/zero", |c| matches!(c, PluginCause::Endless)),
    ];
    for (program, is) in cases {
        let error = asked(script(program)).await.unwrap_err();
        assert!(is(&error.cause), "{program}: {error}");
    }
}

#[tokio::test]
async fn a_program_that_stays_and_gets_out_of_step_is_ended() {
    let twice =
        format!("while read -r line; do echo '{{\"spans\":[]}}\n{{\"spans\":[]}}'; done; {MARKS}");
    let error = asked(staying(&twice)).await.unwrap_err();
    assert!(matches!(error.cause, PluginCause::OutOfStep), "{error}");
    let error = asked(staying("tr '\\0' x </dev/zero")).await.unwrap_err();
    assert!(matches!(error.cause, PluginCause::Endless), "{error}");
}

#[tokio::test]
async fn a_program_that_stayed_is_started_anew_a_few_times_and_then_left_alone() {
    let plugin = Plugin::open(&staying("read -r line; exit 1")).await.unwrap();
    for _ in 0..PLUGIN_STARTS_MAX {
        let error = plugin.finds(&chat("a title")).await.unwrap_err();
        assert!(matches!(error.cause, PluginCause::Ended(_)), "{error}");
    }
    let error = plugin.finds(&chat("a title")).await.unwrap_err();
    assert!(matches!(error.cause, PluginCause::Restless), "{error}");
}

/// Whoever holds the other end of the pipe is a process that the program started: it is read to its
/// end only when all of them are gone.
#[tokio::test]
async fn a_program_that_hangs_is_ended_with_all_that_it_started() {
    let folder = tempfile::tempdir().unwrap();
    for stays in [false, true] {
        let pipe = folder.path().join(format!("pipe-{stays}"));
        assert!(Command::new("mkfifo").arg(&pipe).status().unwrap().success());
        let program = "exec 3>\"$0\"; sleep 1000 & echo waiting >&2; read -r line; sleep 1000";
        let mut settings = PluginSettings { stays, seconds: 1, ..script(program) };
        settings.args.push(pipe.display().to_string());
        let reading = tokio::task::spawn_blocking(move || {
            File::open(pipe).unwrap().read_to_end(&mut Vec::new()).unwrap()
        });
        let error = asked(settings).await.unwrap_err();
        assert!(matches!(error.cause, PluginCause::Late(1)), "{error}");
        assert_eq!(error.last_words, "waiting");
        let read = tokio::time::timeout(Duration::from_secs(60), reading).await;
        assert_eq!(read.expect("a process that it started still runs").unwrap(), 0);
    }
}

#[tokio::test]
async fn a_question_that_is_dropped_ends_the_program() {
    let folder = tempfile::tempdir().unwrap();
    let pipe = folder.path().join("pipe");
    assert!(Command::new("mkfifo").arg(&pipe).status().unwrap().success());
    let mut settings = staying("exec 3>\"$0\"; echo >&3; sleep 1000");
    settings.args.push(pipe.display().to_string());
    let plugin = Plugin::open(&settings).await.unwrap();
    let reading = tokio::task::spawn_blocking(move || {
        let mut file = File::open(pipe).unwrap();
        file.read_exact(&mut [0]).unwrap();
        file
    });
    let chat = chat("a title");
    let mut file = tokio::select! {
        file = reading => file.unwrap(),
        answer = plugin.finds(&chat) => panic!("it does not answer: {answer:?}"),
    };
    let rest = tokio::task::spawn_blocking(move || file.read_to_end(&mut Vec::new()).unwrap());
    let rest = tokio::time::timeout(Duration::from_secs(60), rest).await;
    assert_eq!(rest.expect("the program still runs").unwrap(), 0);
}

#[tokio::test]
async fn nothing_of_our_environment_is_handed_on() {
    assert!(std::env::var_os("CARGO_MANIFEST_DIR").is_some(), "cargo sets it for tests");
    let error = asked(script("env >&2; pwd >&2; exit 1")).await.unwrap_err();
    let lines: Vec<&str> = error.last_words.lines().collect();
    assert!(lines.iter().any(|line| line.starts_with("PATH=")), "{lines:?}");
    assert!(!lines.iter().any(|line| line.starts_with("CARGO")), "{lines:?}");
    assert!(lines.contains(&"/"), "it runs in no folder of ours: {lines:?}");
}

/// A program of the machine that dials, and its arguments: ends well if somebody answers.
fn dialling(port: u16) -> PluginSettings {
    let dial = format!(
        "import socket; socket.create_connection(('127.0.0.1', {port}), 5); print('{{\"spans\":[]}}')"
    );
    PluginSettings { args: vec!["-c".into(), dial], ..PluginSettings::new("python3") }
}

#[tokio::test]
async fn a_program_reaches_nobody_not_even_on_this_machine() {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let port = listener.local_addr().unwrap().port();
    let Ok(mut plugin) = Plugin::open(&dialling(port)).await else {
        return println!("skipped: there is no python3 here to dial with");
    };
    if !plugin.is_confined() {
        return println!("skipped: unshare -rn does not work here");
    }
    let error = plugin.finds(&chat("a title")).await.unwrap_err();
    assert!(error.last_words.contains("unreachable"), "it dialled: {}", error.last_words);
    plugin.line.confinement = Confinement::None;
    plugin.finds(&chat("a title")).await.expect("without the confinement it reaches the listener");
}

#[tokio::test]
async fn what_leaves_its_group_ends_with_it_where_processes_are_kept_apart() {
    let folder = tempfile::tempdir().unwrap();
    let pipe = folder.path().join("pipe");
    assert!(Command::new("mkfifo").arg(&pipe).status().unwrap().success());
    let mut settings =
        script(&format!("exec 3>\"$0\"; setsid sleep 1000 & cat >/dev/null; {MARKS}"));
    settings.args.push(pipe.display().to_string());
    let plugin = Plugin::open(&settings).await.unwrap();
    let apart = matches!(plugin.line.confinement, Confinement::Unshare([options, ..]) if options.contains('p'));
    if !apart || !Path::new("/usr/bin/setsid").exists() {
        return println!("skipped: there is no setsid, or unshare -p does not work here");
    }
    let reading = tokio::task::spawn_blocking(move || {
        File::open(pipe).unwrap().read_to_end(&mut Vec::new()).unwrap()
    });
    plugin.finds(&chat("a title")).await.expect("what it leaves behind holds nothing up");
    let read = tokio::time::timeout(Duration::from_secs(60), reading).await;
    assert_eq!(read.expect("a process that left the group still runs").unwrap(), 0);
}

const _: () = assert!(PLUGIN_ANSWER_BYTES_MAX < 1 << 30, "what a test writes without an end");
