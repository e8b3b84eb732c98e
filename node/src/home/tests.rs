use super::*;

#[test]
fn keys_are_made_once_and_kept() {
    let dir = tempfile::tempdir().unwrap();
    let home = Home::create(dir.path()).unwrap();
    let (seed, node) = (home.seed().unwrap().to_bytes(), home.node_key().unwrap().public());
    let again = Home::create(dir.path()).unwrap();
    assert_eq!(
        (again.seed().unwrap().to_bytes(), again.node_key().unwrap().public()),
        (seed, node)
    );
    assert!(again.log_key().unwrap().is_none(), "no community was founded here");
}

#[test]
fn where_a_node_listens_is_written_in_its_place() {
    let dir = tempfile::tempdir().unwrap();
    let home = Home::create(dir.path()).unwrap();
    let _lock = home.lock().unwrap();
    let len = || std::fs::metadata(dir.path().join("running.json")).unwrap().len();
    let addresses = vec!["/ip4/127.0.0.1/tcp/1".to_owned(); 9];
    home.write_running(&addresses).unwrap();
    let block = len();
    home.clear_running().unwrap();
    assert_eq!(home.read_running().unwrap(), None, "it listens no more");
    home.write_running(&addresses[..1]).unwrap();
    assert_eq!(home.read_running().unwrap().unwrap().addresses, addresses[..1]);
    assert_eq!(len(), block, "a full disk has no room for another");
}

#[test]
fn a_home_has_one_user_at_a_time() {
    let dir = tempfile::tempdir().unwrap();
    let home = Home::create(dir.path()).unwrap();
    home.write_running(&["/ip4/127.0.0.1/tcp/1".into()]).unwrap();
    assert_eq!(home.read_running().unwrap(), None, "nobody holds the lock: the file is stale");
    let lock = home.lock().unwrap();
    assert!(matches!(home.lock(), Err(HomeError::InUse { pid: Some(_), .. })));
    assert!(home.read_running().unwrap().is_some());
    drop(lock);
    assert!(home.lock().is_ok(), "the lock goes with its holder");
}

#[cfg(unix)]
#[test]
fn a_key_that_others_may_read_is_refused() {
    use std::os::unix::fs::PermissionsExt as _;
    let dir = tempfile::tempdir().unwrap();
    let home = Home::create(dir.path()).unwrap();
    let path = dir.path().join("keys/seed");
    assert_eq!(fs::metadata(&path).unwrap().permissions().mode() & 0o777, 0o600);
    fs::set_permissions(&path, fs::Permissions::from_mode(0o644)).unwrap();
    assert!(home.seed().unwrap_err().to_string().contains("chmod 600"), "it says what to run");
    fs::set_permissions(&path, fs::Permissions::from_mode(0o600)).unwrap();
    let keys = dir.path().join("keys");
    fs::set_permissions(&keys, fs::Permissions::from_mode(0o750)).unwrap();
    assert!(home.seed().unwrap_err().to_string().contains("chmod 700"), "the folder counts too");
    fs::set_permissions(&keys, fs::Permissions::from_mode(0o700)).unwrap();
    assert!(home.seed().is_ok());
}

#[test]
fn a_damaged_key_is_named() {
    let dir = tempfile::tempdir().unwrap();
    let home = Home::create(dir.path()).unwrap();
    write_private(&dir.path().join("keys/node"), b"# Sheaf\nzz\n").unwrap();
    assert!(matches!(home.node_key(), Err(HomeError::Damaged { .. })));
}

#[test]
fn words_bring_a_person_back_into_an_empty_home_only() {
    let dir = tempfile::tempdir().unwrap();
    let old = Home::create(&dir.path().join("old")).unwrap();
    let seed = Seed::from_words(&old.seed().unwrap().to_words()).unwrap();
    let member = |home: &Home| home.seed().unwrap().operator_key().public();

    let new = Home::restore(&dir.path().join("new"), &seed).unwrap();
    assert_eq!(member(&new), member(&old), "the same person");
    let node = new.node_key().unwrap().public();
    assert_ne!(node, old.node_key().unwrap().public(), "on another machine");
    let again = Home::restore(&dir.path().join("new"), &seed).unwrap();
    assert_eq!(again.node_key().unwrap().public(), node, "once more changes nothing");

    let other = Home::create(&dir.path().join("other")).unwrap();
    let before = member(&other);
    let refused = Home::restore(other.dir(), &seed);
    assert!(matches!(refused, Err(HomeError::Taken { .. })), "{refused:?}");
    assert_eq!(member(&other), before, "nobody's keys are overwritten");
}

#[test]
fn a_file_is_not_a_home() {
    let dir = tempfile::tempdir().unwrap();
    let path = dir.path().join("file");
    std::fs::write(&path, "").unwrap();
    assert!(matches!(Home::open(&path), Err(HomeError::NotFolder { .. })));
    assert!(matches!(Home::create(&path), Err(HomeError::NotFolder { .. })));
}
