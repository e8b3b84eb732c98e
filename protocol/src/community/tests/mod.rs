//! Stories of single rules; `property` has what holds for every log.

mod people;
mod property;
mod world;

use super::*;
use crate::log::Entry;
use crate::policy::{JoinRule, Preset, ReaderRule, ReplicaRule};
use crate::statement::{
    Acceptance, Admission, Attribution, Body, Cause, Erased, Erasure, Membership, Receipt,
    Takedown, TakedownReason, Withdrawal,
};
use crate::time::{Day, Time};
use world::{World, key, manifest, person};

const VOID: fn(VoidReason) -> Status = Status::Void;

#[test]
fn a_community_begins_with_its_charter() {
    let world = World::new(Policy::preset(Preset::Open));
    let fold = world.fold();
    assert_eq!((fold.name(), fold.size(), fold.epoch()), ("Herons", 2, 0));
    assert!(fold.is_steward(&person::STEWARD.public()));
    assert_eq!(fold.log_key_at(1), Some(person::LOG.public()));
    assert_eq!(fold.log_key_at(0), None, "nothing signs an empty log");
    assert_eq!(fold.policy().unwrap().0.index, 1);
}

#[test]
fn a_log_that_begins_otherwise_is_of_another_community() {
    let world = World::new(Policy::preset(Preset::Open));
    let mut other = Community::start(CommunityId(key(99).public()));
    assert_eq!(
        other.apply(&world.items, &Known::default()),
        Err(FoldError::NoCharter(VoidReason::Elsewhere))
    );
    assert_eq!(other.size(), 0, "a refused batch changes nothing");
    let mut late = Community::start(world.id());
    let second = std::slice::from_ref(&world.items[1]);
    assert_eq!(
        late.apply(second, &Known::default()),
        Err(FoldError::NoCharter(VoidReason::Signer)),
        "there is no steward before a charter"
    );
}

#[test]
fn what_may_not_be_missing_blocks_and_names_itself() {
    let mut world = World::new(Policy::preset(Preset::Open));
    world.items[1].evidence = Evidence::Missing;
    let mut fold = Community::start(world.id());
    assert_eq!(
        fold.apply(&world.items, &Known::default()),
        Err(FoldError::Blocked { index: 1, kind: Kind::POLICY })
    );
    assert_eq!(fold.size(), 0, "not even the charter before it was applied");
}

#[test]
fn a_rotation_names_where_the_old_log_key_ends() {
    let mut world = World::new(Policy::preset(Preset::Open));
    let mut charter = world.charter();
    charter.log_key = key(70).public();
    assert_eq!(
        world.push(Body::Charter(charter.clone()), &person::ROOT),
        VOID(VoidReason::Charter)
    );
    charter.ends = Some(LogEnd { size: 2, root: world.fold().frontier().root() });
    assert_eq!(
        world.push(Body::Charter(charter.clone()), &person::ROOT),
        VOID(VoidReason::Charter),
        "an end that is not here"
    );
    charter.ends = Some(world.end());
    assert_eq!(
        world.push(Body::Charter(charter.clone()), &person::STEWARD),
        VOID(VoidReason::Signer),
        "a steward is not the root"
    );
    charter.ends = Some(world.end());
    let at = world.items.len() as u64;
    assert_eq!(world.push(Body::Charter(charter), &person::ROOT), Status::Live);
    let fold = world.fold();
    assert_eq!(fold.log_key(), Some(key(70).public()));
    assert_eq!(fold.log_key_at(at), Some(person::LOG.public()), "the old key signs up to here");
}

#[test]
fn the_next_root_takes_over_and_the_old_one_is_done() {
    let mut world = World::new(Policy::preset(Preset::Open));
    let charter = world.charter();
    assert_eq!(world.push(Body::Charter(charter.clone()), &person::NEXT_ROOT), Status::Live);
    assert_eq!(world.fold().root_key(), person::NEXT_ROOT.public());
    assert_eq!(world.push(Body::Charter(charter), &person::ROOT), VOID(VoidReason::Signer));
    assert_eq!(world.fold().id(), world.id(), "the community keeps its name for ever");
}

#[test]
fn a_new_epoch_names_the_last_common_checkpoint() {
    let world = World::new(Policy::preset(Preset::Open));
    let (old, mut charter) = (world.fold(), world.charter());
    let end = world.end();
    let mut open = |previous, epoch| {
        charter.previous = previous;
        let item = world.item(Body::Charter(charter.clone()), &person::ROOT, epoch);
        old.next_epoch().apply(&[item], &Known::default())
    };
    assert!(open(Some(end), 1).is_ok());
    assert!(open(Some(LogEnd { size: 1, ..end }), 1).is_ok(), "the fork began before our end");
    for (previous, why) in [
        (None, "no end"),
        (Some(LogEnd { size: 9, ..end }), "an end that we never saw"),
        (Some(LogEnd { root: TreeHash([0; 32]), ..end }), "another history"),
    ] {
        assert_eq!(open(previous, 1), Err(FoldError::NoCharter(VoidReason::Charter)), "{why}");
    }
    assert_eq!(open(Some(end), 0), Err(FoldError::NoCharter(VoidReason::Elsewhere)));
}

#[test]
fn a_manifest_keeps_the_policy_it_names() {
    let strict = Policy {
        age_days_max: Some(30),
        must_allow: vec!["train-ai".into()],
        chat_bytes_max: 1000,
        ..Policy::preset(Preset::Open)
    };
    let mut world = World::new(strict);
    let due = Some(Day(world.at.day().0 + 30));
    let good = |n| {
        let mut m = manifest(n);
        m.consent.due = due;
        m
    };
    let mut push = |n, change: &dyn Fn(&mut crate::statement::Manifest)| {
        let mut m = good(n);
        change(&mut m);
        world.push(Body::Manifest(m), &person::BOB)
    };
    assert_eq!(push(1, &|_| ()), Status::Live);
    assert_eq!(push(2, &|m| m.consent.licence = "MIT".into()), VOID(VoidReason::Licence));
    assert_eq!(push(3, &|m| m.consent.usage = "train-genai=n".into()), VOID(VoidReason::Usage));
    assert_eq!(push(4, &|m| m.consent.due = None), VOID(VoidReason::DueDay));
    assert_eq!(
        push(5, &|m| m.consent.due = m.consent.due.map(|d| Day(d.0 + 1))),
        VOID(VoidReason::DueDay)
    );
    assert_eq!(push(6, &|m| m.blob.plain_bytes = 1001), VOID(VoidReason::Size));
    assert_eq!(push(7, &|m| m.consent.attribution = Attribution::None), VOID(VoidReason::Signer));
    assert_eq!(push(8, &|m| m.consent.usage = "train-ai=n,".into()), VOID(VoidReason::Malformed));
    assert_eq!(
        push(9, &|m| m.labels.tags = vec!["b".into(), "a".into()]),
        VOID(VoidReason::Malformed)
    );
    let mut nameless = good(10);
    nameless.consent.attribution = Attribution::None;
    assert_eq!(
        world.push(Body::Manifest(nameless.clone()), &person::BOB),
        VOID(VoidReason::Signer),
        "attribution none is signed by the control key, or the author would be named"
    );
    nameless.control = key(111).public();
    assert_eq!(world.push(Body::Manifest(nameless), &key(111)), Status::Live);
    world.named = Some(PolicyRef { index: 0, ..world.named.unwrap() });
    assert_eq!(world.push(Body::Manifest(good(12)), &person::BOB), VOID(VoidReason::Policy));
}

#[test]
fn a_control_key_and_a_commitment_count_once_ever() {
    let mut world = World::new(Policy::preset(Preset::Open));
    assert_eq!(world.push(Body::Manifest(manifest(1)), &person::BOB), Status::Live);
    let mut again = manifest(1);
    again.labels.messages = 9;
    assert_eq!(world.push(Body::Manifest(again), &person::BOB), VOID(VoidReason::ControlReused));
    let twice = world.items[2].clone();
    assert_eq!(world.append(twice.clone()), VOID(VoidReason::CommitmentReused));
    // A later batch knows only what it is told.
    let mut fold = Community::start(world.id());
    let mut known = Known::default();
    fold.apply(&world.items[..3], &known).unwrap();
    let asked = needs(&world.items[3..]);
    assert!(asked.controls.contains(&twice.entry.control.unwrap()));
    for (i, item) in world.items[..3].iter().enumerate() {
        known.note(i as u64, &item.entry);
    }
    let statuses = fold.apply(&world.items[3..], &known).unwrap().statuses;
    assert_eq!(statuses, world.statuses[3..]);
}

#[test]
fn an_entry_that_says_more_or_less_than_its_statement_is_void() {
    let mut world = World::new(Policy::preset(Preset::Open));
    let honest = world.item(Body::Manifest(manifest(1)), &person::BOB, 0);
    let lie = |change: &dyn Fn(&mut Entry)| {
        let mut item = honest.clone();
        change(&mut item.entry);
        item
    };
    let cases = [
        (lie(&|e| e.due = Some(Day(30_000))), VoidReason::Mismatch),
        (lie(&|e| e.kind = Kind::MEMBERSHIP.0), VoidReason::Mismatch),
        (lie(&|e| e.control = None), VoidReason::Shape),
        (lie(&|e| e.kind = Kind::WITHDRAWAL.0), VoidReason::Shape),
        (lie(&|e| e.kind = Kind::GRANT.0), VoidReason::UnknownKind),
    ];
    for (item, reason) in cases {
        let mut fork = world.clone();
        assert_eq!(fork.append(item), VOID(reason));
    }
    assert_eq!(world.append(honest), Status::Live);
}

#[test]
fn bytes_that_an_entry_does_not_commit_to_prove_nothing() {
    let mut world = World::new(Policy::preset(Preset::Open));
    let mut item = world.item(Body::Manifest(manifest(1)), &person::BOB, 0);
    let other = world.item(Body::Manifest(manifest(2)), &person::BOB, 0);
    let Evidence::Statement { salt, statement: Ok(statement) } = &other.evidence else { panic!() };
    assert_eq!(Evidence::read(&item.entry, *salt, statement.bytes()).unwrap_err(), NotEvidence);
    item.evidence = other.evidence.clone();
    assert_eq!(world.append(item), Status::Missing, "as if nothing had come");
}

#[test]
fn a_hole_is_explained_by_who_has_authority() {
    let mut world = World::new(Policy::preset(Preset::Open));
    let mut given = manifest(1);
    given.consent.due = Some(Day(world.at.day().0 + 10));
    world.push(Body::Manifest(given.clone()), &person::BOB);
    let (fold, entry) = (world.fold(), world.items[2].entry.clone());
    let now = world.at;
    let explain = |e: &Explanation| fold.explain(2, &entry, e, now);
    let withdrawal = |control, by: &crate::sign::SecretKey| {
        Explanation::Withdrawal(world.sign(Body::Withdrawal(Withdrawal { control }), by, 0))
    };
    let takedown = |control, by: &crate::sign::SecretKey| {
        let body = Takedown { control, reason: TakedownReason::Privacy };
        Explanation::Takedown(world.sign(Body::Takedown(body), by, 0))
    };
    let control = key(101);
    assert_eq!(explain(&withdrawal(given.control, &control)), Ok(Cause::Withdrawn));
    assert_eq!(explain(&takedown(given.control, &person::STEWARD)), Ok(Cause::TakenDown));
    assert_eq!(explain(&withdrawal(given.control, &person::BOB)), Err(ExplainError::Signer));
    assert_eq!(explain(&takedown(given.control, &person::EVE)), Err(ExplainError::Signer));
    assert_eq!(
        explain(&withdrawal(key(102).public(), &key(102))),
        Err(ExplainError::Control),
        "somebody else's withdrawal"
    );
    let elsewhere =
        world.sign(Body::Withdrawal(Withdrawal { control: given.control }), &control, 1);
    assert_eq!(explain(&Explanation::Withdrawal(elsewhere)), Err(ExplainError::Elsewhere));
    assert_eq!(explain(&Explanation::Due), Err(ExplainError::NotYet));
    let end = given.consent.due.unwrap().end();
    assert_eq!(fold.explain(2, &entry, &Explanation::Due, end), Ok(Cause::Due));
    let charter = &world.items[0].entry;
    assert_eq!(
        fold.explain(0, charter, &takedown(given.control, &person::STEWARD), now),
        Err(ExplainError::Kind(Kind::CHARTER))
    );
}

#[test]
fn a_takedown_stays_when_its_steward_leaves() {
    let mut world = World::new(Policy::preset(Preset::Open));
    let control = key(101).public();
    world.push(Body::Manifest(manifest(1)), &person::BOB);
    let body = Body::Takedown(Takedown { control, reason: TakedownReason::Legal });
    let takedown = world.sign(body.clone(), &person::STEWARD, 0);
    let charter = Charter { stewards: vec![person::EVE.public()], ..world.charter() };
    assert_eq!(world.push(Body::Charter(charter), &person::ROOT), Status::Live);
    let explanation = Explanation::of(takedown).unwrap();
    let entry = &world.items[2].entry;
    assert_eq!(world.fold().explain(2, entry, &explanation, world.at), Ok(Cause::TakenDown));
    assert_eq!(
        world.push(body, &person::STEWARD),
        VOID(VoidReason::Signer),
        "but logging a new one is for the stewards in force"
    );
}

#[test]
fn no_policy_change_widens_what_was_consented_to() {
    let circle = Policy { usage: "search=n".into(), ..Policy::preset(Preset::Circle) };
    let mut world = World::new(circle);
    let mut given = manifest(1);
    given.consent.usage = "train-ai=y".into();
    given.consent.due = Some(world.at.day());
    assert_eq!(world.push(Body::Manifest(given), &person::BOB), Status::Live);
    let open = Policy { usage: "train-ai=n".into(), ..Policy::preset(Preset::Open) };
    world.publish(open);
    let terms = world.fold().terms(&world.statement(2)).unwrap();
    assert_eq!(terms.usage.to_string(), "search=n, train-ai=n", "any n wins");
    assert_eq!(terms.readers, ReaderRule::Peers);
    assert_eq!(terms.replicas, Some(vec![]));
    assert_eq!(terms.policy.index, 1);
    assert_eq!(
        world.push(
            Body::Manifest({
                let mut m = manifest(2);
                m.consent.due = Some(world.at.day());
                m
            }),
            &person::BOB
        ),
        Status::Live
    );
}
