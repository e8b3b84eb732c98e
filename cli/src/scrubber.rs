//! A scrubber of a person's or community's own, as it is named on the command line and asked.

use crate::error::{CliError, Kind};
use crate::output::Output;
use crate::text::{printable, printable_lines};
use serde::Serialize;
use sheaf_node::limits::{PLUGIN_SECS, PLUGIN_SECS_MAX};
use sheaf_node::plugin::{PRESIDIO, Plugin, PluginCause, PluginError, PluginSettings};
use sheaf_node::scrub::{
    Answered, ChatFind, Kind as FindKind, Scanner, merge, question, read_answer, scan_chat,
};
use sheaf_protocol::chat::Chat;
use std::path::Path;
use tokio::sync::{mpsc, oneshot};

/// Names another scrubber.
#[derive(Debug, Clone, clap::Args)]
#[command(next_help_heading = "A scrubber of your own")]
pub(crate) struct ScrubberArgs {
    /// Ask a scrubber of your own, too: a program that reads a chat as JSON and answers with spans
    /// (docs/spec/scrubber.md), or `presidio`
    #[arg(long, value_name = "PROGRAM")]
    scrubber: Option<String>,
    /// An argument for it (may be given several times)
    #[arg(long, value_name = "ARG", requires = "scrubber", allow_hyphen_values = true)]
    scrubber_arg: Vec<String>,
    /// It stays, and answers one line of chat after the other; else it is started for each
    #[arg(long, requires = "scrubber")]
    scrubber_stays: bool,
    /// Seconds that it has for a chat [default: 30]
    #[arg(long, value_name = "SECONDS", requires = "scrubber",
          value_parser = clap::value_parser!(u64).range(1..=PLUGIN_SECS_MAX))]
    scrubber_seconds: Option<u64>,
    /// The Python that runs `presidio` [default: that in SHEAF_PYTHON, else python3]
    #[arg(long, value_name = "PYTHON", requires = "scrubber")]
    scrubber_python: Option<String>,
}

impl ScrubberArgs {
    /// What was named, if something was. Files are named by whole paths: whoever keeps this may run
    /// it from elsewhere.
    pub(crate) fn settings(&self) -> Option<PluginSettings> {
        let program = whole_path(self.scrubber.as_ref()?);
        let python = || std::env::var("SHEAF_PYTHON").ok().filter(|python| !python.is_empty());
        let python = self.scrubber_python.clone().or_else(python).filter(|_| program == PRESIDIO);
        Some(PluginSettings {
            program,
            args: self.scrubber_arg.clone(),
            stays: self.scrubber_stays,
            seconds: self.scrubber_seconds.unwrap_or(PLUGIN_SECS),
            python: python.as_ref().map(|python| whole_path(python)),
        })
    }

    /// The program that was named, if one was. A person is told if nothing keeps it from the network.
    ///
    /// # Errors
    /// If it is not there, or may not be run.
    pub(crate) async fn open(&self, out: &Output) -> Result<Option<Plugin>, CliError> {
        let Some(settings) = self.settings() else { return Ok(None) };
        let plugin = Plugin::open(&settings).await?;
        if !plugin.is_confined() {
            out.note(format_args!("Mind that {}.", printable(&plugin.not_confined())));
        }
        Ok(Some(plugin))
    }
}

/// A path with its beginning; a name that is looked for on the `PATH` stays.
fn whole_path(program: &str) -> String {
    let is_path = Path::new(program).components().count() > 1;
    let whole = std::path::absolute(program).ok().filter(|_| is_path);
    whole.map_or_else(|| program.to_owned(), |path| path.display().to_string())
}

impl From<PluginError> for CliError {
    fn from(error: PluginError) -> Self {
        let kind = match error.cause {
            PluginCause::Missing => Kind::NotFound,
            PluginCause::NotRunnable(_) => Kind::Usage,
            _ => Kind::Failed,
        };
        let mut message = printable(&error.to_string());
        if !error.last_words.is_empty() {
            message = format!("{message}. It said:\n{}", printable_lines(&error.last_words));
        }
        let failed = Self::new(kind, message);
        match error.hint() {
            Some(hint) => failed.hint(hint),
            None => failed,
        }
    }
}

/// All that looks for what is private in a chat: for a thread that reads chats.
#[derive(Debug)]
pub(crate) struct Scrubbers {
    scanner: Option<Scanner>,
    other: Option<Asker>,
}

impl Scrubbers {
    /// Sheaf's scrubber, with another that answers through `other`, or that one `alone`.
    pub(crate) fn new(other: Option<Asker>, alone: bool) -> Self {
        Self { scanner: (!alone).then(Scanner::new), other }
    }

    /// What they find in a chat.
    ///
    /// # Errors
    /// If the other one fails: then what is private is not known.
    pub(crate) fn finds(&self, chat: &Chat) -> Result<Vec<ChatFind>, CliError> {
        let ours = self.scanner.as_ref().map(|scanner| scan_chat(scanner, chat));
        let ours = ours.unwrap_or_default();
        match &self.other {
            Some(other) => Ok(merge(chat, ours, other.asked(chat)?)),
            None => Ok(ours),
        }
    }

    /// The kinds that Sheaf's own looks for, if it is asked.
    pub(crate) fn looked_for(&self) -> Vec<String> {
        let names = || FindKind::LOOKED_FOR.map(|kind| kind.name().into_owned()).to_vec();
        self.scanner.as_ref().map(|_| names()).unwrap_or_default()
    }

    /// The other scrubber that is asked.
    pub(crate) fn other(&self) -> Option<Other> {
        self.other.as_ref().map(|asker| asker.other.clone())
    }
}

/// Another scrubber, as a result tells of it.
#[derive(Debug, Clone, Serialize)]
pub(crate) struct Other {
    program: String,
    /// Whether it has a network: nothing here could keep it from it.
    network: bool,
}

/// A thread's way to a program that runs beside it. It does not own the program, which ends when the
/// command is broken off.
#[derive(Debug)]
pub(crate) struct Asker {
    other: Other,
    questions: mpsc::Sender<Question>,
}

/// A chat, and where the finds in it go.
#[derive(Debug)]
struct Question {
    text: String,
    answer: oneshot::Sender<Result<Vec<u8>, PluginError>>,
}

impl Asker {
    /// A way to `plugin`, and what goes on at its other end until this is dropped.
    pub(crate) fn to(plugin: &Plugin) -> (Self, impl Future<Output = ()>) {
        let (questions, mut asked) = mpsc::channel::<Question>(1);
        let other = Other { program: plugin.name().into(), network: !plugin.is_confined() };
        let answering = async move {
            while let Some(Question { text, answer }) = asked.recv().await {
                // Whoever asked may have been broken off.
                let _ = answer.send(plugin.ask(text).await);
            }
        };
        (Self { other, questions }, answering)
    }

    fn asked(&self, chat: &Chat) -> Result<Answered, CliError> {
        let (answer, answered) = oneshot::channel();
        let asked = self.questions.blocking_send(Question { text: question(chat), answer });
        let answer = asked.ok().and_then(|()| answered.blocking_recv().ok());
        let answer = answer.ok_or_else(|| CliError::new(Kind::Interrupted, "interrupted"))??;
        Ok(read_answer(chat, &answer)
            .map_err(|error| PluginError::of_answer(&self.other.program, error))?)
    }
}
