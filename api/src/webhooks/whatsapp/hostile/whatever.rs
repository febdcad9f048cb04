use super::super::batches::bytes;
use super::super::laws::runner;
use super::*;

#[test]
fn whatever_is_authentic_is_taken() {
    let runtime = tokio::runtime::Runtime::new().unwrap();
    let door = runtime.block_on(Door::open());
    let taken = std::cell::Cell::new(0);
    let verdict = runner().run(&bytes(), |body| {
        let answer = runtime.block_on(door.ask(&signed(&body)));
        assert_eq!((answer.status, answer.body.as_str()), (200, ""));
        taken.set(taken.get() + 1);
        Ok(())
    });
    if let Err(failure) = verdict {
        panic!("{failure}");
    }
    assert_eq!(runtime.block_on(door.stored()).len(), taken.get(), "and kept");
    assert!(door.edge.refusals.counts().is_empty());
}
