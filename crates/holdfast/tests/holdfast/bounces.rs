//! Mail that came back is read from a Maildir, whatever else lies in it.

use crate::world::World;
use std::fs;

#[test]
fn what_lies_in_the_maildir_is_read_once_and_moved() {
    let world = World::with_apps(Vec::new());
    let folder = test_support::temp_dir().expect("a folder");
    let new = folder.path().join("new");
    fs::create_dir_all(&new).expect("a folder");
    let report = format!(
        "To: bounces+{}.0123456789abcdef0123456789abcdef@x.example\r\nContent-Type: message/delivery-status\r\n\r\n\
         Action: failed\r\nStatus: 5.1.1\r\n",
        model::OrgId::new(999_999)
    );
    fs::write(new.join("1"), report).expect("a file");
    fs::write(new.join("2"), "To: somebody\r\n\r\nI am away until Monday.").expect("a file");
    fs::write(new.join("3"), [0, 159, 146, 150]).expect("a file");
    assert_eq!(holdfast::mail::take_in(&world.platform, folder.path()).expect("a look"), 0);
    assert_eq!(fs::read_dir(&new).expect("a folder").count(), 0);
    assert_eq!(fs::read_dir(folder.path().join("cur")).expect("a folder").count(), 3);
    assert!(holdfast::mail::take_in(&world.platform, &folder.path().join("nowhere")).is_err());
}
