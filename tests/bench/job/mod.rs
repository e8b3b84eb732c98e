//! The jobs, in an order in which each finds what it needs done by those before it.

mod arrival;
mod dataset;
mod disk;
mod import;
mod ingest;
mod memory;
mod replicate;
mod scrub;
mod visible;

use crate::args::{Args, Job};
use crate::figure::Figure;
use crate::stage::Stage;

/// Does all that was asked for, on one community.
pub(crate) fn run(args: &Args) -> Vec<Figure> {
    let mut figures = Vec::new();
    if args.wants(Job::Import) {
        eprintln!("{:?} …", Job::Import);
        figures.extend(import::run(args));
    }
    if args.wants(Job::Scrub) {
        eprintln!("{:?} …", Job::Scrub);
        figures.extend(scrub::run(args));
    }
    if args.wants(Job::Arrival) {
        eprintln!("{:?} …", Job::Arrival);
        figures.extend(arrival::run(args));
    }
    // These need no node, or nodes of their own.
    let alone = |job: &Job| matches!(job, Job::Import | Job::Scrub | Job::Arrival);
    if !args.jobs.is_empty() && args.jobs.iter().all(alone) {
        return figures;
    }
    let mut stage = Stage::new(args);
    let mut job = |job: Job, run: fn(&mut Stage, &Args) -> Vec<Figure>| {
        if args.wants(job) {
            eprintln!("{job:?} …");
            figures.extend(run(&mut stage, args));
        }
    };
    job(Job::Ingest, ingest::run);
    job(Job::Replicate, replicate::run);
    job(Job::Build, dataset::build);
    job(Job::Verify, dataset::verify);
    job(Job::Visible, visible::run);
    job(Job::Disk, disk::run);
    job(Job::Memory, memory::run);
    figures
}

/// The command that makes a figure.
fn command(job: &str) -> String {
    format!("cargo run --release -p sheaf-tests --bin bench -- {job}")
}
