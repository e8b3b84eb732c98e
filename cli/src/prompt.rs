//! Questions, asked on the terminal. Where nobody can answer, the error names the flag that would.

use crate::error::{CliError, Kind, OrFail as _};
use crate::output::Output;
use crate::style::Style;
use crate::wrap::{stderr_columns, wrap};
use std::io::{self, BufRead as _, IsTerminal as _, Write as _};

/// Asks for a yes. Anything else than `y` or `yes` is a no.
///
/// # Errors
/// [`Kind::Declined`] if the answer is no; [`Kind::NeedsAnswer`] where nobody can answer.
pub(crate) async fn confirm(out: &Output, question: &str) -> Result<(), CliError> {
    let instead = match out.json {
        true => "with --json nobody is asked: add --yes to agree beforehand",
        false => "read what is asked above, then add --yes to agree beforehand",
    };
    let answer = ask(out, &format!("{question} [y/N]"), instead).await?;
    match answer.to_lowercase().as_str() {
        "y" | "yes" => Ok(()),
        _ => Err(CliError::new(Kind::Declined, "nothing was done: the answer was no")),
    }
}

/// Asks for a line of text.
///
/// # Errors
/// [`Kind::NeedsAnswer`] where nobody can answer; then `instead` says what to do.
pub(crate) async fn ask(out: &Output, question: &str, instead: &str) -> Result<String, CliError> {
    let unasked = || {
        let message = format!("nobody is there to answer: {question}");
        CliError::new(Kind::NeedsAnswer, message).hint(instead)
    };
    if out.json || !io::stdin().is_terminal() {
        return Err(unasked());
    }
    eprint!("{} ", wrap(&Style::stderr().bold(question), stderr_columns(), None));
    io::stderr().flush().or_fail("asking")?;
    read_line().await?.ok_or_else(unasked)
}

/// Reads in a thread of its own, so that Ctrl-C is heard meanwhile. `None` where input ends.
async fn read_line() -> Result<Option<String>, CliError> {
    let read = || {
        let mut line = String::new();
        let bytes = io::stdin().lock().read_line(&mut line)?;
        Ok::<_, io::Error>((bytes > 0).then(|| line.trim().to_owned()))
    };
    let line = tokio::task::spawn_blocking(read).await.or_fail("reading the answer")?;
    line.or_fail("reading the answer")
}
