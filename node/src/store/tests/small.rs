use super::*;
use sheaf_protocol::time::Time;

#[test]
fn communities_keep_their_numbers() {
    let (dir, store, one) = fresh();
    let two = store.add_community(community(2)).unwrap();
    assert_ne!(one, two);
    assert_eq!(store.add_community(community(1)).unwrap(), one, "adding again finds it");
    let mut row = store.community(two).unwrap().unwrap();
    row.home = true;
    row.addresses = vec!["/ip4/127.0.0.1/tcp/4001".to_owned()];
    row.read_only = Some("no replica has answered".to_owned());
    store.update_community(&row).unwrap();
    drop(store);
    let store = opened(&dir);
    assert_eq!(store.slot(&community(2)).unwrap(), Some(two));
    assert_eq!(store.slot(&community(3)).unwrap(), None);
    let all = store.communities().unwrap();
    assert_eq!((all.len(), &all[1]), (2, &row));
}

#[test]
fn a_commit_under_way_elsewhere_does_not_stop_the_log() {
    let (_dir, store, slot) = fresh();
    let peer = Peer { key: control(9), addresses: vec![], seen: None, blocked: false };
    std::thread::scope(|scope| {
        let noting = scope.spawn(|| (0..200).try_for_each(|_| store.put_peer(&peer)));
        let mut next = 0;
        while !noting.is_finished() {
            append(&store, slot, next..next + 1);
            next += 1;
        }
        noting.join().unwrap().unwrap();
    });
}

#[test]
fn registers_marks_peers_and_forks_are_read_back() {
    let (dir, store, slot) = fresh();
    let other = store.add_community(community(2)).unwrap();
    let mut acceptance = Acceptance { key: control(1), statement: vec![1, 2], logged: None };
    store.put_acceptance(slot, &acceptance).unwrap();
    acceptance.logged = Some(4);
    store.put_acceptance(slot, &acceptance).unwrap();
    store.mark(slot, Mark::Used, &[7; 32]).unwrap();
    let mut append = append_to(&store, slot, vec![new_entry(0)]);
    append.marks = vec![(Mark::Fingerprint, [8; 32])];
    store.append(append).unwrap();
    let mut peer = Peer { key: control(9), addresses: vec![], seen: None, blocked: false };
    store.put_peer(&peer).unwrap();
    (peer.seen, peer.blocked) = (Time::from_ms(5), true);
    store.put_peer(&peer).unwrap();
    store.put_fork(slot, &[1]).unwrap();
    store.put_fork(slot, &[2]).unwrap();
    store.put_note(slot, "cosigned", &[3]).unwrap();
    drop(store);

    let store = opened(&dir);
    assert_eq!(store.acceptances(slot).unwrap(), std::slice::from_ref(&acceptance));
    assert_eq!(store.acceptances(other).unwrap(), []);
    assert_eq!(store.acceptance(slot, &control(1)).unwrap(), Some(acceptance));
    assert!(store.is_marked(slot, Mark::Used, &[7; 32]).unwrap());
    assert!(!store.is_marked(slot, Mark::Fingerprint, &[7; 32]).unwrap(), "kinds are apart");
    assert!(store.is_marked(slot, Mark::Fingerprint, &[8; 32]).unwrap(), "marked by the append");
    store.unmark(slot, Mark::Used, &[7; 32]).unwrap();
    assert!(!store.is_marked(slot, Mark::Used, &[7; 32]).unwrap());
    assert_eq!(store.peer(&control(9)).unwrap(), Some(peer));
    store.remove_peer(&control(9)).unwrap();
    assert_eq!(store.peers().unwrap(), []);
    assert_eq!(store.fork(slot).unwrap(), Some(vec![1]), "the first proof stays");
    assert_eq!(store.note(slot, "cosigned").unwrap(), Some(vec![3]));
    assert_eq!(store.note(slot, "other").unwrap(), None);
}
