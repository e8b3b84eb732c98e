//! The `sheaf` command: what a person types and reads. Rules live in `sheaf-protocol`, acts in
//! `sheaf-node`; here are words, questions and exit codes.

#![cfg_attr(test, allow(clippy::unwrap_used))]

mod cells;
mod choose;
mod chosen;
mod commands;
mod context;
mod error;
mod excerpt;
mod exports;
mod failure;
mod node;
mod output;
mod person;
mod preview;
mod progress;
mod prompt;
mod scrubber;
mod signals;
mod steward;
mod style;
mod text;
mod text_file;
mod wrap;

use clap::{CommandFactory as _, FromArgMatches as _};
use commands::Sheaf;
use context::Context;
use error::CliError;
use std::process::ExitCode;
use std::time::Duration;

/// What workers have to clean up when a command ends.
const SHUTDOWN: Duration = Duration::from_millis(300);

fn main() -> ExitCode {
    pass_over_caught_panics();
    let matches = match Sheaf::command().try_get_matches() {
        Ok(matches) => matches,
        Err(error) => return usage(&error),
    };
    let result = Sheaf::from_arg_matches(&matches).map_err(CliError::from).and_then(run);
    match result {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            error.print(std::env::args().any(|arg| arg == "--json"));
            ExitCode::from(error.kind.exit_code())
        }
    }
}

/// What the importer catches, and tells as damage of a file, is not told a second time.
fn pass_over_caught_panics() {
    let hook = std::panic::take_hook();
    std::panic::set_hook(Box::new(move |panic| {
        if !sheaf_node::import::catches_panics() {
            hook(panic);
        }
    }));
}

fn run(sheaf: Sheaf) -> Result<(), CliError> {
    context::start_tracing(sheaf.global.verbose);
    let cx = Context::new(&sheaf.global)?;
    let runtime = context::runtime()?;
    let result = runtime.block_on(async {
        signals::outlive_file_limits();
        commands::run(sheaf.command, &cx).await
    });
    // Workers may clean up after Ctrl-C, but one that still waits must not hold up the end.
    runtime.shutdown_timeout(SHUTDOWN);
    result
}

/// Help and version go out as clap writes them; a mistake in the arguments does too, unless a
/// program is reading.
fn usage(error: &clap::Error) -> ExitCode {
    let json = std::env::args().any(|arg| arg == "--json");
    if error.use_stderr() && json {
        let error = CliError::usage(error.to_string());
        error.print(true);
        return ExitCode::from(error.kind.exit_code());
    }
    // When nobody reads it, there is nobody to tell.
    let _ = error.print();
    ExitCode::from(if error.use_stderr() { error::Kind::Usage.exit_code() } else { 0 })
}
