//! The play: each act runs commands and checks what came of them.

use super::counts::{ARRIVE, LOOK_EVERY, wait_for_counts};
use super::process::run;
use super::samples::files;
use super::stage::Stage;
use super::tamper::{copy_folder, flip};
use super::tell::Tell;
use crate::error::{CliError, Kind};
use serde_json::Value;
use std::path::{Path, PathBuf};
use std::time::Instant;

/// A community of the play.
pub(super) struct Community {
    pub(super) name: &'static str,
    /// Its node's home folder.
    pub(super) node: &'static str,
    /// The preset of its policy.
    preset: &'static str,
    member: &'static str,
    /// The member's home folder.
    home: &'static str,
}

pub(super) const COMMUNITIES: [Community; 3] = [
    Community {
        name: "Riverside Library",
        node: "riverside",
        preset: "open",
        member: "Amina",
        home: "amina",
    },
    Community {
        name: "Hillview School",
        node: "hillview",
        preset: "research",
        member: "Bruno",
        home: "bruno",
    },
    Community {
        name: "Harbour Co-op",
        node: "harbour",
        preset: "open",
        member: "Chiyo",
        home: "chiyo",
    },
];

/// The home folder of the researcher.
const RESEARCHER: &str = "researcher";
/// The folder of the dataset.
pub(super) const DATASET: &str = "dataset";

/// What the play made, for the epilogue.
#[derive(Debug)]
pub(super) struct Found {
    pub(super) dataset: PathBuf,
    pub(super) root: String,
    pub(super) rows: u64,
    pub(super) homes: Vec<(String, PathBuf)>,
}

pub(super) async fn play(
    stage: &mut Stage,
    own: &[PathBuf],
    tell: &mut Tell,
) -> Result<Found, CliError> {
    let ids = found_communities(stage, tell).await?;
    bring_members(stage, tell).await?;
    follow_each_other(stage, tell).await?;
    let mut live = give(stage, own, tell).await?;
    arrive(stage, &ids, &live, tell).await?;
    take_back(stage, tell).await?;
    live[0] -= 1;
    gone_everywhere(stage, &ids, &live, tell).await?;
    verify_logs(stage, &ids, tell).await?;
    let found = assemble(stage, &live, tell).await?;
    flip_a_byte(stage, &found.dataset, tell).await?;
    Ok(found)
}

async fn found_communities(stage: &mut Stage, tell: &mut Tell) -> Result<Vec<String>, CliError> {
    let _waiting = tell.act(
        "Three communities are founded, each with a node of its own",
        "sheaf init --name \"Riverside Library\" && sheaf serve",
    );
    let mut ids = Vec::new();
    for community in &COMMUNITIES {
        let listen = "/ip4/127.0.0.1/udp/0/quic-v1";
        let args = ["init", "--name", community.name, "--preset", community.preset];
        let args = [&args[..], &["--listen", listen, "--yes"]].concat();
        let made = stage.sheaf(community.node, &args).await?;
        ids.push(text(&made, "community")?);
        stage.serve(community.node).await?;
        let pid = stage.nodes.last().map_or(0, |node| node.pid);
        tell.check(format!("\"{}\" is up: process {pid}", community.name));
    }
    Ok(ids)
}

async fn bring_members(stage: &Stage, tell: &mut Tell) -> Result<(), CliError> {
    let _waiting = tell.act(
        "A member joins each of them by invitation",
        "sheaf member invite; sheaf member join sheaf-invite:…",
    );
    for community in &COMMUNITIES {
        let invited = stage.sheaf(community.node, &["member", "invite"]).await?;
        let line = text(&invited, "line")?;
        let args = ["member", "join", &line, "--name", community.member, "--yes"];
        stage.sheaf(community.home, &args).await?;
        let members = stage.sheaf(community.node, &["member", "list"]).await?;
        let mut members = members["members"].as_array().into_iter().flatten();
        let listed = members.any(|member| member["name"] == community.member);
        expect(listed, "the member who joined is not on the list")?;
        tell.check(format!("{} is a member of \"{}\"", community.member, community.name));
    }
    Ok(())
}

async fn follow_each_other(stage: &Stage, tell: &mut Tell) -> Result<(), CliError> {
    let _waiting = tell.act(
        "Each node accepts the other two policies and follows them",
        "sheaf follow /ip4/127.0.0.1/udp/…/p2p/12D3…",
    );
    for (number, community) in COMMUNITIES.iter().enumerate() {
        for (other, node) in stage.nodes.iter().enumerate().filter(|(other, _)| *other != number) {
            stage.sheaf(community.node, &["follow", &node.address, "--yes"]).await?;
            tell.check(format!("\"{}\" follows \"{}\"", community.name, COMMUNITIES[other].name));
        }
    }
    Ok(())
}

/// Gives the chats; how many each community has then.
async fn give(stage: &Stage, own: &[PathBuf], tell: &mut Tell) -> Result<Vec<u64>, CliError> {
    let _waiting = tell.act(
        "The members give chats: each is sealed and signed in the member's own home folder",
        "sheaf contribute FILE",
    );
    let mut live = Vec::new();
    for (community, files) in COMMUNITIES.iter().zip(files(stage, own)?) {
        let paths: Vec<_> = files.iter().map(|file| file.to_string_lossy()).collect();
        let mut args = vec!["contribute", "--yes", "--usage", "train-ai=y"];
        args.extend(paths.iter().map(|path| path.as_ref()));
        let given = stage.sheaf(community.home, &args).await?;
        let in_state = |state: &str| {
            let chats = given["given"].as_array().into_iter().flatten();
            chats.filter(|chat| chat["state"] == state).count() as u64
        };
        let (logged, waiting) = (in_state("logged"), in_state("pending"));
        expect(logged + waiting > 0, "no chat was logged")?;
        tell.check(format!(
            "{} gave {logged} chats to \"{}\"; each has its proof that it is in the log",
            community.member, community.name
        ));
        if waiting > 0 {
            accept(stage, community, waiting, tell).await?;
        }
        live.push(logged + waiting);
    }
    Ok(live)
}

/// Chats of one's own may hold what the policy points out: these waited.
async fn accept(
    stage: &Stage,
    community: &Community,
    waiting: u64,
    tell: &mut Tell,
) -> Result<(), CliError> {
    let accepted = stage.sheaf(community.node, &["review", "accept", "--all", "--yes"]).await?;
    let accepted = accepted["accepted"].as_array().map_or(0, Vec::len) as u64;
    expect(accepted == waiting, &format!("{accepted} of {waiting} chats were accepted"))?;
    tell.check(format!(
        "{waiting} more waited for review, for something private was found; the steward accepted \
         all (sheaf review)"
    ));
    Ok(())
}

async fn arrive(
    stage: &Stage,
    ids: &[String],
    live: &[u64],
    tell: &mut Tell,
) -> Result<(), CliError> {
    let _waiting =
        tell.act("The signed manifests and sealed chats arrive at the others", "sheaf status");
    wait_for_counts(stage, ids, live, 0).await?;
    for (community, number) in COMMUNITIES.iter().zip(live) {
        tell.check(format!(
            "all three nodes hold the {number} chats of \"{}\", signatures checked",
            community.name
        ));
    }
    Ok(())
}

async fn take_back(stage: &Stage, tell: &mut Tell) -> Result<(), CliError> {
    let first = &COMMUNITIES[0];
    let _waiting = tell.act(&format!("{} takes one chat back", first.member), "sheaf withdraw ID");
    let chats = stage.sheaf(first.home, &["chats", "--offline"]).await?;
    let chat = &chats["communities"][0]["chats"][0];
    let (id, title) = (text(chat, "id")?, chat["title"].as_str().unwrap_or("untitled"));
    let gone = stage.sheaf(first.home, &["withdraw", &id, "--wait", "30", "--yes"]).await?;
    let gone = &gone["chats"][0];
    expect(gone["everywhere"] == true, "the chat is not gone everywhere within 30 seconds")?;
    let receipts = gone["erased"].as_array().map_or(0, Vec::len);
    expect(receipts == 2, &format!("{receipts} erasure receipts came instead of two"))?;
    tell.check(format!(
        "\"{}\" is withdrawn under a key that only {} has",
        crate::text::printable(title),
        first.member
    ));
    tell.check("both partner nodes have signed an erasure receipt");
    Ok(())
}

async fn gone_everywhere(
    stage: &Stage,
    ids: &[String],
    live: &[u64],
    tell: &mut Tell,
) -> Result<(), CliError> {
    wait_for_counts(stage, ids, live, 1).await?;
    tell.check("it is gone at all three nodes: key and manifest erased, an explained hole stays");
    let deadline = Instant::now() + ARRIVE;
    loop {
        let log = stage.sheaf(COMMUNITIES[0].node, &["log", "show", "--max", "1000"]).await?;
        let entries = log["entries"].as_array().into_iter().flatten();
        if entries.filter(|entry| entry["kind"] == "receipt").count() >= 2 {
            tell.check("the withdrawal and both receipts are in the public log");
            return Ok(());
        }
        expect(Instant::now() < deadline, "the receipts did not come into the log")?;
        tokio::time::sleep(LOOK_EVERY).await;
    }
}

async fn verify_logs(stage: &Stage, ids: &[String], tell: &mut Tell) -> Result<(), CliError> {
    let _waiting = tell.act("Every copy of every log is checked", "sheaf log verify");
    for community in &COMMUNITIES {
        for id in ids {
            stage.sheaf(community.node, &["log", "verify", "--community", id]).await?;
        }
    }
    tell.check("three logs at three nodes: nine Merkle roots match their signed checkpoints");
    Ok(())
}

async fn assemble(stage: &Stage, live: &[u64], tell: &mut Tell) -> Result<Found, CliError> {
    let waiting = tell.act(
        "A researcher, member of nothing, assembles one dataset from the three",
        "sheaf dataset build ADDRESS ADDRESS ADDRESS -o dataset",
    );
    let dataset = stage.dir.join(DATASET);
    let path = dataset.to_string_lossy().into_owned();
    let mut args = vec!["dataset", "build", "--yes", "-o", &path];
    args.extend(stage.nodes.iter().map(|node| node.address.as_str()));
    let built = stage.sheaf(RESEARCHER, &args).await?;
    let rows = built["rows"].as_u64().unwrap_or_default();
    let duplicates = built["duplicates"].as_u64().unwrap_or_default();
    let expected: u64 = live.iter().sum();
    expect(
        rows + duplicates == expected,
        &format!("{rows} rows and {duplicates} duplicates instead of {expected} chats"),
    )?;
    tell.check(format!("{rows} rows, each with its own licence, preference and proof"));
    drop(waiting);
    let _waiting = tell.act("It is verified from its files alone", "sheaf dataset verify dataset");
    let verdict = stage.sheaf(RESEARCHER, &["dataset", "verify", &path]).await?;
    expect(verdict["good"] == true, "the dataset does not verify")?;
    let root = text(&verdict, "root")?;
    tell.check(format!(
        "every row is what its contributor signed; root {}…",
        &root[..16.min(root.len())]
    ));
    let homes = COMMUNITIES.iter().map(|c| (c.name.to_owned(), stage.home(c.node))).collect();
    Ok(Found { dataset, root, rows, homes })
}

/// Verification must find one changed byte in a copy, and name the line.
async fn flip_a_byte(stage: &Stage, dataset: &Path, tell: &mut Tell) -> Result<(), CliError> {
    let _waiting =
        tell.act("One byte is flipped in a copy of the dataset", "sheaf dataset verify tampered");
    let tampered = stage.dir.join("tampered");
    copy_folder(dataset, &tampered)?;
    let chats = tampered.join("chats.jsonl");
    let line = flip(&chats)?;
    let path = tampered.to_string_lossy().into_owned();
    let ended = run(&stage.home(RESEARCHER), &["dataset", "verify", &path]).await?;
    expect(
        ended.code == i32::from(Kind::NotVerified.exit_code()) && ended.result["good"] == false,
        "a flipped byte was not found",
    )?;
    let named = format!("chats.jsonl, line {line}");
    let problems = ended.result["problems"].as_array().into_iter().flatten();
    let problem = problems.filter_map(Value::as_str).find(|problem| problem.contains(&named));
    let problem = problem.ok_or_else(|| {
        CliError::failed(format!("verification found the flipped byte, but did not name {named}"))
    })?;
    tell.check(format!("verification refuses it and says where: {problem}"));
    Ok(())
}

fn text(value: &Value, field: &str) -> Result<String, CliError> {
    let found = value[field].as_str().map(str::to_owned);
    found.ok_or_else(|| CliError::failed(format!("a command's result has no {field}")))
}

fn expect(holds: bool, otherwise: &str) -> Result<(), CliError> {
    if holds { Ok(()) } else { Err(CliError::failed(otherwise)) }
}
