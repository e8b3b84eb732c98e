//! `sheaf consent`.

use crate::context::Context;
use crate::error::{CliError, Kind};
use crate::output::{Page, Report};
use crate::person::Person;
use crate::text::{count, printable};
use serde::Serialize;
use sheaf_node::flow::slip::{SlipVerdict, verify_slip};
use sheaf_node::limits::BOOK_FILE_BYTES_MAX;
use sheaf_protocol::id::{CommunityId, PublicKey};
use sheaf_protocol::statement::Attribution;
use sheaf_protocol::time::Day;
use std::fs::File;
use std::io::Read as _;
use std::path::{Path, PathBuf};

/// What to do with consent slips.
#[derive(Debug, clap::Subcommand)]
pub(crate) enum Command {
    /// Check consent slips from their bytes alone: no network, no trust in any node
    Verify {
        /// Slips, or ids of your chats [default: every slip of this home]
        #[arg(value_name = "FILE|ID")]
        slips: Vec<String>,
    },
}

pub(super) async fn run(command: Command, cx: &Context) -> Result<(), CliError> {
    let Command::Verify { slips } = command;
    let paths = if slips.is_empty() { all(cx)? } else { named(&slips, cx)? };
    let checked = Checked { slips: paths.into_iter().map(Slip::check).collect() };
    cx.out.report(&checked)?;
    checked.verdict()
}

/// Every slip of this home.
fn all(cx: &Context) -> Result<Vec<PathBuf>, CliError> {
    let mut paths = Vec::new();
    for book in Person::of(cx)?.book.communities()? {
        let records = book.records()?;
        let slips = records.iter().map(|record| book.slip_path(&record.id()));
        paths.extend(slips.chain([book.membership_slip_path()]).filter(|path| path.exists()));
    }
    if paths.is_empty() {
        return Err(CliError::new(Kind::NotFound, "there is no consent slip in this home folder")
            .hint("giving a chat leaves one: sheaf contribute FILE"));
    }
    Ok(paths)
}

/// Those that were named: a file, or the beginning of a chat's id.
fn named(slips: &[String], cx: &Context) -> Result<Vec<PathBuf>, CliError> {
    slips.iter().map(|named| one(named, cx)).collect()
}

fn one(named: &str, cx: &Context) -> Result<PathBuf, CliError> {
    let path = PathBuf::from(named);
    if path.exists() {
        return Ok(path);
    }
    let missing = || {
        CliError::new(Kind::NotFound, format!("{}: no such file, and no such chat", path.display()))
            .hint("`sheaf chats` lists the ids of your chats")
    };
    let person = Person::of(cx).map_err(|_| missing())?;
    for book in person.book.communities()? {
        if let Ok(record) = book.find(named)? {
            let slip = book.slip_path(&record.id());
            return if slip.exists() { Ok(slip) } else { Err(no_slip(&slip)) };
        }
    }
    Err(missing())
}

fn no_slip(path: &Path) -> CliError {
    let message = format!("{} is not there: a slip comes with the log's entry", path.display());
    CliError::new(Kind::NotFound, message).hint("`sheaf chats` says how the chat stands")
}

#[derive(Debug, Serialize)]
struct Checked {
    slips: Vec<Slip>,
}

#[derive(Debug, Serialize)]
struct Slip {
    file: PathBuf,
    good: bool,
    /// Why it proves nothing.
    problem: Option<String>,
    #[serde(flatten)]
    found: Option<Found>,
}

/// What a slip proves, and what it only says.
#[derive(Debug, Serialize)]
struct Found {
    community: CommunityId,
    name: String,
    kind: String,
    signer: PublicKey,
    control: Option<PublicKey>,
    index: u64,
    logged_at: String,
    licence: Option<String>,
    usage: Option<String>,
    attribution: Option<String>,
    #[serde(serialize_with = "sheaf_protocol::time::as_text_if_any")]
    due: Option<Day>,
    proved: Vec<String>,
    /// What the policy it was signed under says; proved, too.
    policy: Vec<String>,
    attested: Vec<String>,
    remarks: Vec<String>,
}

impl Slip {
    fn check(file: PathBuf) -> Self {
        let checked = read(&file).and_then(|bytes| verify_slip(&bytes).map_err(|e| e.to_string()));
        let (found, problem) = match checked {
            Ok(verdict) => (Some(Found::new(verdict)), None),
            Err(problem) => (None, Some(problem)),
        };
        Self { file, good: problem.is_none(), problem, found }
    }

    fn page(&self, page: &mut Page) {
        let file = printable(&self.file.display().to_string());
        match (&self.found, &self.problem) {
            (Some(found), _) => {
                page.heading(file);
                found.page(page);
            }
            (None, problem) => {
                let problem = problem.as_deref().map(printable).unwrap_or_default();
                let line = format!("{file}: does not hold: {problem}");
                page.line(page.style.red(&line));
            }
        }
        page.blank();
    }
}

impl Found {
    fn new(verdict: SlipVerdict) -> Self {
        let consent = verdict.consent;
        let attribution = |name: &Attribution| match name {
            Attribution::None => None,
            Attribution::Name(name) => Some(name.clone()),
        };
        Self {
            community: verdict.community,
            name: verdict.name,
            kind: verdict.kind.to_string(),
            signer: verdict.signer,
            control: verdict.control,
            index: verdict.index,
            logged_at: verdict.logged_at.to_string(),
            licence: consent.as_ref().map(|consent| consent.licence.clone()),
            usage: consent.as_ref().map(|consent| consent.usage.clone()),
            attribution: consent.as_ref().and_then(|consent| attribution(&consent.attribution)),
            due: consent.as_ref().and_then(|consent| consent.due),
            proved: verdict.proved,
            policy: verdict.policy.map(|policy| policy.sentences()).unwrap_or_default(),
            attested: verdict.attested,
            remarks: verdict.remarks,
        }
    }

    fn page(&self, page: &mut Page) {
        page.line("  Proved by the bytes of this slip:");
        self.proved.iter().for_each(|sentence| page.item(printable(sentence)));
        if !self.policy.is_empty() {
            page.line("  The policy that it was signed under, proved as well:");
            self.policy.iter().for_each(|sentence| page.item(printable(sentence)));
        }
        let number = count(self.attested.len() as u64, "sentence");
        if self.remarks.is_empty() {
            page.line(format_args!(
                "  Only attested: that these terms were shown before signing ({number})."
            ));
        } else {
            page.line("  Only attested: that these sentences were shown before signing:");
            self.attested.iter().for_each(|sentence| page.item(printable(sentence)));
        }
        page.aside("  Not in it: whether the chat was taken back since; `sheaf chats` asks.");
        for remark in &self.remarks {
            let line = format!("  Note: {}", printable(remark));
            page.line(page.style.yellow(&line));
        }
    }
}

/// A slip is small: a longer file is none.
fn read(file: &Path) -> Result<Vec<u8>, String> {
    let mut bytes = Vec::new();
    let opened = File::open(file).map_err(|error| error.to_string())?;
    opened.take(BOOK_FILE_BYTES_MAX + 1).read_to_end(&mut bytes).map_err(|e| e.to_string())?;
    match bytes.len() as u64 > BOOK_FILE_BYTES_MAX {
        true => Err(format!("longer than {BOOK_FILE_BYTES_MAX} bytes: this is not a consent slip")),
        false => Ok(bytes),
    }
}

impl Checked {
    fn bad(&self) -> usize {
        self.slips.iter().filter(|slip| !slip.good).count()
    }

    fn remarked(&self) -> usize {
        let remarked = |slip: &&Slip| slip.found.as_ref().is_some_and(|f| !f.remarks.is_empty());
        self.slips.iter().filter(remarked).count()
    }

    /// # Errors
    /// [`Kind::NotVerified`] if a slip does not hold.
    fn verdict(&self) -> Result<(), CliError> {
        let (bad, all) = (self.bad() as u64, count(self.slips.len() as u64, "slip"));
        if bad == 0 {
            return Ok(());
        }
        let words = if bad == 1 { "proves" } else { "prove" };
        let message = format!("{bad} of {all} {words} nothing");
        Err(CliError::new(Kind::NotVerified, message)
            .hint("a damaged slip takes nothing back: `sheaf chats` says how the chat stands"))
    }
}

/// Slips that are told of one by one; of more only those with something to say.
const TOLD_MAX: usize = 3;

impl Report for Checked {
    fn page(&self, page: &mut Page) {
        let few = self.slips.len() <= TOLD_MAX;
        let worth = |slip: &&Slip| {
            few || !slip.good || slip.found.as_ref().is_some_and(|f| !f.remarks.is_empty())
        };
        self.slips.iter().filter(worth).for_each(|slip| slip.page(page));
        let (good, all) = (self.slips.len() - self.bad(), self.slips.len());
        let noted = match self.remarked() {
            0 => String::new(),
            noted => format!(" There is a note on {noted} of them."),
        };
        let line = match (good, all) {
            (1, 1) => format!("The slip holds.{noted}"),
            (0, 1) => "The slip does not hold.".into(),
            _ => format!("{good} of {} hold.{noted}", count(all as u64, "slip")),
        };
        match good == all && noted.is_empty() {
            true => page.line(page.style.green(&line)),
            false => page.line(page.style.yellow(&line)),
        }
        if !few {
            page.aside("`sheaf consent verify ID` says what one of them proves.");
        }
    }
}
