//! What holds for every log, good or bad.

use super::world::{World, key, manifest, person};
use super::*;
use crate::cbor::{self, Bytes};
use crate::id::Salt;
use crate::log::commit;
use crate::sign::SignedError;
use proptest::prelude::*;

/// Appends something, good or bad, to a log.
fn extend(world: &mut World, what: u8, n: u8) {
    let member = key(150 + n).public();
    let membership = |admission, control| {
        let (name, invitation, invitation_use) = (None, None, None);
        Body::Membership(Membership {
            admission,
            member,
            name,
            control,
            invitation,
            invitation_use,
        })
    };
    let control = key(100 + n).public();
    match what {
        0..=2 => world.push(Body::Manifest(manifest(n)), &person::BOB),
        3 => {
            let mut nameless = manifest(n);
            nameless.consent.attribution = Attribution::None;
            world.push(Body::Manifest(nameless), &key(100 + n))
        }
        4 => {
            let mut strange = manifest(n);
            strange.consent.licence = "MIT".into();
            world.push(Body::Manifest(strange), &person::BOB)
        }
        5 => {
            let policies = [Preset::Open, Preset::Research, Preset::Circle].map(Policy::preset);
            let policy = policies[usize::from(n % 3)].clone();
            world.publish(Policy { join: JoinRule::Open, ..policy });
            Status::Live
        }
        6 => world.push(membership(Admission::Join, Some(control)), &key(150 + n)),
        7 => world.push(membership(Admission::Admit, Some(control)), &person::STEWARD),
        8 => world.push(membership(Admission::Remove, None), &person::STEWARD),
        9 => {
            let charter = Charter {
                log_key: key(30 + n).public(),
                ends: n.is_multiple_of(2).then(|| world.end()),
                ..world.charter()
            };
            world.push(Body::Charter(charter), &person::ROOT)
        }
        10 => {
            let role = if n.is_multiple_of(2) { Role::Replica } else { Role::Reader };
            world.push(Body::Acceptance(Acceptance { role, name: None }), &key(150 + n))
        }
        11 => {
            let items = vec![Erased { index: 1, control, cause: Cause::Withdrawn }];
            world.push(Body::Receipt(Receipt { items, listed: vec![] }), &key(150 + n))
        }
        12 => world.push(Body::Withdrawal(Withdrawal { control }), &key(100 + n)),
        13 => world.push(Body::Unknown(Kind(77), Bytes(vec![n])), &person::EVE),
        14 => {
            let again = world.items[usize::from(n) % world.items.len()].clone();
            world.append(again)
        }
        _ => {
            // Bytes that are no statement, committed to by a manifest's entry.
            let (salt, bytes) = (Salt([n; 32]), [n]);
            let commitment = commit(&salt, &bytes);
            let entry =
                Entry { kind: Kind::MANIFEST.0, commitment, control: Some(control), due: None };
            let statement = Err(SignedError::TooLong(1));
            world.append(Item { entry, evidence: Evidence::Statement { salt, statement } })
        }
    };
}

fn world() -> impl Strategy<Value = World> {
    proptest::collection::vec((0_u8..16, 0_u8..12), 0..28).prop_map(|steps| {
        let mut world = World::new(Policy { join: JoinRule::Open, ..Policy::preset(Preset::Open) });
        for (what, n) in steps {
            extend(&mut world, what, n);
        }
        world
    })
}

/// Folds `items` in batches of the given sizes, answering each batch's needs.
fn fold(world: &World, items: &[Item], batches: &[usize]) -> (Community, Vec<Status>) {
    let mut community = Community::start(world.id());
    let (mut rows, mut statuses) = (Known::default(), Vec::new());
    let mut sizes = batches.iter().copied().chain(std::iter::repeat(items.len()));
    while statuses.len() < items.len() {
        let rest = &items[statuses.len()..];
        let batch = &rest[..sizes.next().unwrap().clamp(1, rest.len())];
        let mut known = Known::default();
        let asked = needs(batch);
        let controls = asked.controls.iter();
        known.controls = controls.filter_map(|k| Some((*k, *rows.controls.get(k)?))).collect();
        let commitments = asked.commitments.iter();
        known.commitments =
            commitments.filter_map(|c| Some((*c, *rows.commitments.get(c)?))).collect();
        let before = community.size();
        statuses.extend(community.apply(batch, &known).unwrap().statuses);
        for (i, item) in batch.iter().enumerate() {
            rows.note(before + i as u64, &item.entry);
        }
    }
    (community, statuses)
}

/// The explanation that makes a hole of this item, where we have its control key.
fn explanation(world: &World, item: &Item) -> Option<Explanation> {
    if !Kind(item.entry.kind).may_become_hole() {
        return None;
    }
    let control = item.entry.control?;
    let secret = (100..120).map(key).find(|k| k.public() == control)?;
    Some(Explanation::Withdrawal(world.sign(Body::Withdrawal(Withdrawal { control }), &secret, 0)))
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(48))]

    #[test]
    fn batches_do_not_matter(
        world in world(),
        batches in proptest::collection::vec(1_usize..9, 0..12),
    ) {
        let (community, statuses) = fold(&world, &world.items, &batches);
        prop_assert_eq!(&statuses, &world.statuses);
        prop_assert_eq!(&community, &world.fold());
        let stored = community.encode();
        prop_assert_eq!(&stored, &world.fold().encode());
        prop_assert_eq!(Community::decode(&stored, community.frontier().clone()), Ok(community));
    }

    #[test]
    fn a_hole_changes_nobody_elses_verdict(world in world(), which in any::<u64>()) {
        let mut items = world.items.clone();
        let mut expected = world.statuses.clone();
        for (i, item) in items.iter_mut().enumerate().filter(|(i, _)| which >> (i % 64) & 1 == 1) {
            let by_entry = matches!(
                expected[i],
                Status::Void(VoidReason::CommitmentReused | VoidReason::ControlReused)
            );
            let Some(explanation) = explanation(&world, item) else { continue };
            let cause = world.fold().explain(i as u64, &item.entry, &explanation, world.at);
            prop_assert_eq!(cause, Ok(Cause::Withdrawn));
            item.evidence = Evidence::Gone(explanation);
            if !by_entry {
                expected[i] = Status::Hole(Cause::Withdrawn);
            }
        }
        let (mut with_holes, statuses) = fold(&world, &items, &[]);
        prop_assert_eq!(&statuses, &expected);
        // The state is that of a node which had everything and erased.
        let mut erased = world.fold();
        for (i, status) in statuses.iter().enumerate() {
            if matches!(status, Status::Hole(_)) {
                erased.forget(i as u64);
                with_holes.forget(i as u64);
            }
        }
        prop_assert_eq!(with_holes, erased);
    }

    #[test]
    fn late_is_as_good_as_early(world in world(), which in any::<u64>()) {
        let mut items = world.items.clone();
        let late = |i: usize, item: &Item| {
            Kind(item.entry.kind).may_become_hole() && which >> (i % 64) & 1 == 1
        };
        for (i, item) in items.iter_mut().enumerate() {
            if late(i, item) {
                item.evidence = Evidence::Missing;
            }
        }
        let (mut community, mut statuses) = fold(&world, &items, &[]);
        for (i, item) in world.items.iter().enumerate().rev() {
            if statuses[i] == Status::Missing {
                statuses[i] = community.arrive(i as u64, &item.entry, &item.evidence).0;
            }
        }
        prop_assert_eq!(&statuses, &world.statuses);
        prop_assert_eq!(community, world.fold());
    }

    #[test]
    fn a_status_is_read_back(world in world()) {
        for status in &world.statuses {
            prop_assert_eq!(cbor::from_slice(&cbor::to_vec(status)), Ok(*status));
        }
    }
}

#[test]
fn an_explanation_is_read_back_and_verified() {
    let mut world = World::new(Policy::preset(Preset::Open));
    world.push(Body::Manifest(manifest(1)), &person::BOB);
    let explanation = explanation(&world, &world.items[2]).unwrap();
    for explanation in [explanation, Explanation::Due] {
        let bytes = cbor::to_vec(&explanation);
        assert_eq!(cbor::from_slice(&bytes).as_ref(), Ok(&explanation));
        let mut bad = bytes;
        bad.last_mut().map(|byte| *byte ^= 1).unwrap();
        assert!(cbor::from_slice::<Explanation>(&bad).is_err());
    }
}
