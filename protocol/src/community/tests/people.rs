//! Who joins, who is removed, who accepts.

use super::world::{DAY, World, key, person};
use super::*;

fn join(world: &World, invitation: Option<(&crate::sign::SecretKey, &str)>) -> Membership {
    let (invitation, invitation_use) = invitation.map_or((None, None), |(by, _)| {
        let (a, b) = world.invitation(by, &person::BOB.public());
        (Some(a), Some(b))
    });
    Membership {
        admission: Admission::Join,
        member: person::BOB.public(),
        name: Some("Bob".into()),
        control: Some(key(50).public()),
        invitation,
        invitation_use,
    }
}

#[test]
fn bob_joins_with_a_stewards_invitation_only() {
    let mut world = World::new(Policy::preset(Preset::Open));
    let uninvited = join(&world, None);
    assert_eq!(
        world.push(Body::Membership(uninvited.clone()), &person::BOB),
        VOID(VoidReason::Invitation)
    );
    let by_eve = Membership { control: None, ..join(&world, Some((&person::EVE, ""))) };
    assert_eq!(world.push(Body::Membership(by_eve), &person::BOB), VOID(VoidReason::Invitation));
    let invited = Membership { control: None, ..join(&world, Some((&person::STEWARD, ""))) };
    assert_eq!(
        world.push(Body::Membership(invited.clone()), &person::EVE),
        VOID(VoidReason::Signer),
        "an invitation is used by the member's own key"
    );
    world.at = Time::from_ms(world.at.ms() + 40 * DAY).unwrap();
    assert_eq!(
        world.push(Body::Membership(invited.clone()), &person::BOB),
        VOID(VoidReason::Invitation),
        "after thirty days it has expired"
    );
    world.at = Time::from_ms(world.at.ms() - 40 * DAY).unwrap();
    let at = world.items.len() as u64;
    assert_eq!(world.push(Body::Membership(invited), &person::BOB), Status::Live);
    let mut fold = world.fold();
    assert!(fold.is_member(&person::BOB.public()));
    assert!(fold.invitation_used(&key(60).public()));
    assert_eq!(fold.members().map(|m| (m.name, m.index)).collect::<Vec<_>>(), [(Some("Bob"), at)]);
    assert!(fold.forget(at), "his record becomes a hole");
    assert!(!fold.is_member(&person::BOB.public()));
}

#[test]
fn an_open_community_takes_anyone_and_a_closed_one_nobody() {
    let mut world = World::new(Policy { join: JoinRule::Open, ..Policy::preset(Preset::Open) });
    let body = Body::Membership(Membership { control: None, ..join(&world, None) });
    assert_eq!(world.push(body.clone(), &person::BOB), Status::Live);
    world.publish(Policy { join: JoinRule::Closed, ..Policy::preset(Preset::Open) });
    assert_eq!(world.push(body, &person::BOB), VOID(VoidReason::Invitation));
    let change = |admission| {
        let member = person::BOB.public();
        let (name, control, invitation, invitation_use) = (None, None, None, None);
        Body::Membership(Membership {
            admission,
            member,
            name,
            control,
            invitation,
            invitation_use,
        })
    };
    assert_eq!(world.push(change(Admission::Remove), &person::EVE), VOID(VoidReason::Signer));
    assert_eq!(world.push(change(Admission::Remove), &person::STEWARD), Status::Live);
    assert!(!world.fold().is_member(&person::BOB.public()));
    assert_eq!(
        world.push(change(Admission::Admit), &person::STEWARD),
        VOID(VoidReason::Invitation),
        "closed also to stewards, until they publish another policy"
    );
}

#[test]
fn the_register_has_who_accepted_what() {
    let listed = Policy {
        replicas: ReplicaRule::Listed,
        replica_keys: vec![person::BOB.public()],
        readers: ReaderRule::Sealed,
        ..Policy::preset(Preset::Open)
    };
    let mut world = World::new(listed);
    let accept = |role| Body::Acceptance(Acceptance { role, name: None });
    assert_eq!(world.push(accept(Role::Replica), &person::EVE), VOID(VoidReason::Role));
    assert_eq!(world.push(accept(Role::Reader), &person::BOB), VOID(VoidReason::Role));
    let items = vec![Erased { index: 5, control: key(50).public(), cause: Cause::Withdrawn }];
    let receipt = Body::Receipt(Receipt { items: items.clone(), listed: vec![] });
    assert_eq!(
        world.push(receipt.clone(), &person::BOB),
        VOID(VoidReason::Signer),
        "a receipt before the acceptance"
    );
    assert_eq!(world.push(accept(Role::Replica), &person::BOB), Status::Live);
    assert_eq!(world.push(receipt, &person::BOB), Status::Live);
    let (old, _) = world.fold().policy().map(|(at, p)| (at, p.clone())).unwrap();
    world.publish(Policy::preset(Preset::Open));
    let fold = world.fold();
    assert!(fold.has_accepted(&person::BOB.public(), Role::Replica, &old));
    assert!(
        !fold.has_accepted(&person::BOB.public(), Role::Replica, &fold.policy().unwrap().0),
        "chats under a later policy need a new acceptance"
    );
    let erasure = Body::Erasure(Erasure { items });
    assert_eq!(world.push(erasure.clone(), &person::STEWARD), VOID(VoidReason::Signer));
    assert_eq!(world.push(erasure, &person::LOG), Status::Live);
}
