//! Questions, asked on the terminal. Where nobody can answer, the error names the flag that would.

use crate::error::{CliError, Kind, OrFail as _};
use crate::output::{Output, Page};
use crate::style::Style;
use crate::wrap::{stderr_columns, stderr_rows, wrap};
use std::io::{self, BufRead as _, IsTerminal as _, Write as _};

/// What to do where a question about a contribution or the like cannot be asked.
pub(crate) const AGREE_BEFOREHAND: &str =
    "see with --dry-run what would be shared, then add --yes to agree beforehand";

/// That nothing was agreed to.
fn declined() -> CliError {
    CliError::new(Kind::Declined, "nothing was done: the answer was no")
}

/// Before anything is read or reached: whether a question can be asked at all.
///
/// # Errors
/// [`Kind::NeedsAnswer`]; then `instead` says what to do.
pub(crate) fn somebody_is_there(out: &Output, instead: &str) -> Result<(), CliError> {
    let why = match (out.json, io::stdin().is_terminal()) {
        (false, true) => return Ok(()),
        (true, _) => "with --json nobody is asked, and this needs a yes",
        (false, false) => "this needs a yes, and standard input is no terminal",
    };
    Err(CliError::new(Kind::NeedsAnswer, why).hint(instead))
}

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
        _ => Err(declined()),
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

/// Shows a page that may be longer than the screen, so much at a time.
///
/// # Errors
/// Where nobody can answer.
pub(crate) async fn read_paged(
    out: &Output,
    write: impl FnOnce(&mut Page),
) -> Result<(), CliError> {
    let text = out.draw(write);
    let lines: Vec<&str> = text.lines().collect();
    // One line for the question, one that stays as the first of what follows.
    let at_once = stderr_rows().unwrap_or(usize::MAX).saturating_sub(2).max(1);
    let mut left = lines.chunks(at_once).peekable();
    while let Some(part) = left.next() {
        eprintln!("{}", part.join("\n"));
        if left.peek().is_some() {
            let typed = ask(out, "more: Enter; back: q", AGREE_BEFOREHAND).await?;
            if typed.eq_ignore_ascii_case("q") {
                break;
            }
        }
    }
    Ok(())
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
