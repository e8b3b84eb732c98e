//! The commands: one file each, with its arguments and one thin function.

mod chats;
mod completions;
mod consent;
mod contribute;
mod dataset;
mod demo;
mod doctor;
mod follow;
mod import;
mod init;
mod key;
mod log;
mod member;
mod peer;
mod policy;
mod review;
mod scrub;
mod serve;
mod status;
mod withdraw;

use crate::context::Context;
use crate::error::CliError;
use crate::signals::until_interrupted;
use std::path::PathBuf;

/// A federated commons for AI chats: contribute, follow, withdraw, assemble, verify.
#[derive(Debug, clap::Parser)]
#[command(name = "sheaf", version, disable_help_subcommand = true, arg_required_else_help = true)]
pub(crate) struct Sheaf {
    #[command(flatten)]
    pub(crate) global: Global,
    #[command(subcommand)]
    pub(crate) command: Command,
}

/// What every command takes.
#[derive(Debug, clap::Args)]
#[command(next_help_heading = "Everywhere")]
pub(crate) struct Global {
    /// The folder with keys and data [default: SHEAF_HOME, or the platform's data folder]
    #[arg(long, global = true, value_name = "DIR")]
    pub(crate) home: Option<PathBuf>,
    /// Write the result as one JSON object; errors too, on stderr
    #[arg(long, global = true)]
    pub(crate) json: bool,
    /// Say nothing but the result and errors
    #[arg(long, short, global = true)]
    pub(crate) quiet: bool,
    /// Tell what happens inside, on stderr (-vv, -vvv: more)
    #[arg(long, short, global = true, action = clap::ArgAction::Count)]
    pub(crate) verbose: u8,
}

/// What a person can do.
#[derive(Debug, clap::Subcommand)]
pub(crate) enum Command {
    /// Run a whole federation on this machine, in under a minute
    Demo(demo::Args),
    /// Found a community: keys, first policy, empty log
    Init(init::Args),
    /// Run the node
    Serve(serve::Args),
    /// What a steward needs to know, on one screen
    Status(status::Args),
    /// Invite, join, list, remove
    #[command(subcommand)]
    Member(member::Command),
    /// Give chats: see exactly what will be shared, sign, send
    Contribute(Box<contribute::Args>),
    /// What I gave, where it is, who received it
    Chats(chats::Args),
    /// Check the consent slips that giving leaves with you
    #[command(subcommand)]
    Consent(consent::Command),
    /// Chats that wait because something private was found in them: look, accept, reject
    #[command(subcommand)]
    Review(review::Command),
    /// Take chats back, and watch them go
    Withdraw(withdraw::Args),
    /// Hold another community's data, under its policy
    Follow(follow::FollowArgs),
    /// Stop holding another community's data
    Unfollow(follow::UnfollowArgs),
    /// The nodes this one knows
    #[command(subcommand)]
    Peer(peer::Command),
    /// The rules of a community
    #[command(subcommand)]
    Policy(policy::Command),
    /// The public log of a community
    #[command(subcommand)]
    Log(log::Command),
    /// Assemble a dataset from communities, and verify one
    #[command(subcommand)]
    Dataset(dataset::Command),
    /// Read an export and write its chats in normal form; shares nothing
    Import(import::Args),
    /// Find what is private in chats: secrets, and what tells of a person; changes nothing
    Scrub(scrub::Args),
    /// The keys of this home
    #[command(subcommand)]
    Key(key::Command),
    /// Say what is wrong with this home folder, and what to do; changes nothing
    Doctor(doctor::Args),
    /// Write the completions of a shell to standard output
    Completions(completions::Args),
}

/// Runs a command. All but `serve` and `demo`, which end in an order of their own, may be dropped
/// at any moment.
///
/// # Errors
/// What the command says.
pub(crate) async fn run(command: Command, cx: &Context) -> Result<(), CliError> {
    let ends_itself = matches!(command, Command::Demo(_) | Command::Serve(_));
    let work = dispatch(command, cx);
    if ends_itself { work.await } else { until_interrupted(work).await }
}

async fn dispatch(command: Command, cx: &Context) -> Result<(), CliError> {
    match command {
        Command::Demo(args) => demo::run(args, cx).await,
        Command::Init(args) => init::run(args, cx).await,
        Command::Serve(args) => serve::run(args, cx).await,
        Command::Status(args) => status::run(args, cx).await,
        Command::Member(command) => member::run(command, cx).await,
        Command::Contribute(args) => contribute::run(*args, cx).await,
        Command::Chats(args) => chats::run(args, cx).await,
        Command::Consent(command) => consent::run(command, cx).await,
        Command::Review(command) => review::run(command, cx).await,
        Command::Withdraw(args) => withdraw::run(args, cx).await,
        Command::Follow(args) => follow::follow(args, cx).await,
        Command::Unfollow(args) => follow::unfollow(args, cx).await,
        Command::Peer(command) => peer::run(command, cx).await,
        Command::Policy(command) => policy::run(command, cx).await,
        Command::Log(command) => log::run(command, cx).await,
        Command::Dataset(command) => dataset::run(command, cx).await,
        Command::Import(args) => import::run(args, cx).await,
        Command::Scrub(args) => scrub::run(args, cx).await,
        Command::Key(command) => key::run(command, cx).await,
        Command::Doctor(args) => doctor::run(args, cx).await,
        Command::Completions(args) => completions::run(&args),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use clap::CommandFactory as _;

    #[test]
    fn the_arguments_hold_together() {
        Sheaf::command().debug_assert();
    }
}
