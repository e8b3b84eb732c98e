//! Thousands of runs, each from its seed.

use super::ledger::Known;
use super::people::{Given, community, first_policy, policy};
use super::world::{ALICE, BOB, World, who};
use crate::service::{Ask, Via};
use sheaf_protocol::exchange::StewardRequest;
use sheaf_protocol::time::Time;
use std::sync::atomic::{AtomicU64, Ordering};

/// Seeds beyond the first ones that found something: always run. What the first ones found has
/// tests of its own in `store::tests::crashes`.
const FOUND: &[u64] = &[102, 237, 2315];
/// How many seeds run where nobody asks for more.
const SEEDS: u64 = 100;
const CHATS_MAX: u64 = 12;

fn run(seed: u64) -> World {
    let mut world = World::new(seed);
    assert!(world.start(ALICE) && world.start(BOB), "nothing goes wrong yet");
    follow(&mut world);
    settle(&mut world, 6);
    let steps = 40 + world.rng.below(60);
    for _ in 0..steps {
        happen(&mut world);
        wait(&mut world, 1_000);
        for n in [ALICE, BOB] {
            if world.nodes[n].failed && world.rng.once_in(5) {
                world.stop(n);
            }
            if world.nodes[n].running.is_none() && world.rng.once_in(4) {
                world.start(n);
            }
        }
        if world.rng.once_in(3) {
            world.link();
        }
    }
    end(&mut world);
    world
}

fn happen(world: &mut World) {
    let n = world.rng.below(2) as usize;
    match world.rng.below(24) {
        0..5 => give(world),
        5..7 => take_back(world, n),
        7 => change_policy(world),
        8..10 => world.plant(n),
        10 if world.nodes[n].running.is_some() => world.stop(n),
        11 => give_again(world),
        12..15 => world.tick(n),
        15..18 if accept(world) => {}
        _ => {
            for _ in 0..world.rng.below(30) {
                world.turn();
            }
        }
    }
}

fn wait(world: &mut World, ms: u64) {
    let ms = world.now.ms() + world.rng.below(ms);
    world.now = Time::from_ms(ms).unwrap();
}

fn follow(world: &mut World) {
    let (address, community, policy) = (who(ALICE).into(), community(), first_policy());
    let follow = StewardRequest::Follow { address, community, policy };
    world.command(BOB, Ask::Steward(follow));
}

fn give(world: &mut World) {
    let n = world.ledger.chats.len() as u64;
    if n < CHATS_MAX {
        let given = Given::new(world.seed * 1_000 + n, world.now);
        world.tell(|| format!("the member gives chat {n}"));
        world.ledger.chats.insert(n, Known::new(given));
        send(world, n);
    }
}

/// What she was not told of she sends again, as it is.
fn give_again(world: &mut World) {
    let open =
        |(n, known): (&u64, &Known)| (known.index.is_none() && !known.taken_back).then_some(*n);
    if let Some(n) = world.ledger.chats.iter().find_map(open) {
        send(world, n);
    }
}

fn send(world: &mut World, n: u64) {
    let salt = world.salt();
    let ask = world.ledger.chats[&n].given.submission(salt);
    world.ask(ALICE, n, ask);
}

fn take_back(world: &mut World, node: usize) {
    let count = world.ledger.chats.len() as u64;
    if count == 0 {
        return;
    }
    let (n, salt, now) = (world.rng.below(count), world.salt(), world.now);
    world.tell(|| format!("the member takes chat {n} back at {}", who(node)));
    let known = world.ledger.chats.get_mut(&n).unwrap();
    known.taken_back = true;
    let ask = known.given.withdrawal(salt, now);
    world.ask(node, n, ask);
}

/// A steward accepts a chat that waits; whether there is one. The member learns it when she asks again.
fn accept(world: &mut World) -> bool {
    let waits = |known: &Known| known.waits && known.index.is_none();
    let waiting = world.ledger.chats.iter().find(|(_, known)| waits(known));
    let Some((n, known)) = waiting else { return false };
    let (n, control) = (*n, known.given.control.public());
    world.tell(|| format!("a steward accepts chat {n}"));
    world.command(ALICE, Ask::Steward(StewardRequest::Admit { control }));
    if world.rng.once_in(2) {
        send(world, n);
    }
    true
}

fn change_policy(world: &mut World) {
    let (statement, salt) = (policy(1 + world.rng.below(1_000_000)), world.salt());
    world.command(ALICE, Ask::Statement { via: Via::Append, statement, salt });
}

/// Lets everything happen that is on its way, with ticks in between.
fn settle(world: &mut World, ticks: usize) {
    for _ in 0..ticks {
        for n in [ALICE, BOB] {
            if world.nodes[n].running.is_none() {
                world.start(n);
            }
            world.tick(n);
        }
        world.link();
        wait(world, 8_000);
        for _ in 0..2_000 {
            if world.is_quiet() {
                break;
            }
            world.turn();
        }
        assert!(world.is_quiet(), "{}: it does not come to rest", world.name());
    }
}

/// Nothing goes wrong any more. A store that failed goes on after a restart only.
fn end(world: &mut World) {
    for n in [ALICE, BOB] {
        world.nodes[n].disk.heal();
        if world.nodes[n].running.is_some() {
            world.stop(n);
        }
        world.nodes[n].disk.heal();
    }
    settle(world, 30);
    world.all_is_well();
}

fn seeds() -> Vec<u64> {
    let number = |text: &str| text.parse::<u64>().expect("SHEAF_SEED and SHEAF_SEEDS are numbers");
    if let Ok(one) = std::env::var("SHEAF_SEED") {
        return vec![number(&one)];
    }
    let Ok(seeds) = std::env::var("SHEAF_SEEDS") else {
        return FOUND.iter().copied().chain(0..SEEDS).collect();
    };
    match seeds.split_once("..") {
        Some((from, to)) => (number(from)..number(to)).collect(),
        None => (0..number(&seeds)).collect(),
    }
}

#[test]
fn nothing_told_is_lost_and_nothing_gone_comes_back_whatever_the_disks_do() {
    let (seeds, next) = (seeds(), AtomicU64::new(0));
    let seen = HAPPENED.map(|_| AtomicU64::new(0));
    let worker = || {
        while let Some(seed) = seeds.get(next.fetch_add(1, Ordering::Relaxed) as usize) {
            let ended = std::panic::catch_unwind(|| run(*seed));
            let world = ended.unwrap_or_else(|_| panic!("SHEAF_SEED={seed} runs it alone"));
            for (words, count) in HAPPENED.iter().zip(&seen) {
                let lines = world.story.iter().filter(|line| line.contains(words));
                count.fetch_add(lines.count() as u64, Ordering::Relaxed);
            }
        }
    };
    let threads = std::thread::available_parallelism().map_or(1, usize::from);
    std::thread::scope(|scope| (0..threads).for_each(|_| drop(scope.spawn(worker))));
    let seen = seen.map(AtomicU64::into_inner);
    println!("{} seeds: {:?}", seeds.len(), HAPPENED.iter().zip(seen).collect::<Vec<_>>());
    let enough = seeds.len() < 50 || !seen.contains(&0);
    assert!(enough, "seeds that bring none of these about prove nothing: {seen:?}");
}

/// Words of the story that a good many seeds must bring about.
const HAPPENED: [&str; 10] = [
    "is entry",
    "waits for review",
    "accepts chat",
    "erased entry",
    "says that chat",
    "loses power",
    "is killed",
    "does not open",
    "Append failed",
    "Erase failed",
];

#[test]
fn one_seed_is_one_story() {
    for seed in [3, 4] {
        assert_eq!(run(seed).story, run(seed).story);
    }
}
