//! Cutting an act on keys off at its points, one after another.

use crate::world::World;

/// Points of one act that are tried when nobody asks for all of them.
const USUALLY: usize = 5;
/// On the server, where each world takes longer.
const USUALLY_ON_THE_SERVER: usize = 2;

/// Runs `act` once to count its points, then cut off at points spread over all of it, each time with a restart; `check`
/// must hold after each restart, and after the act was done again. Returns the number of points and the world.
/// `HOLDFAST_TEST_EVERY_POINT=1` stops at every one.
pub(crate) fn cut_off(
    mut world: World,
    act: impl Fn(&World) -> model::Result<()>,
    check: impl Fn(&World),
) -> (u32, World) {
    const MANY: u32 = 1_000_000;
    world.platform.faults().stop_after(MANY);
    act(&world).expect("nothing stops it");
    let points = MANY - u32::try_from(world.platform.faults().left()).expect("small");
    world.platform.faults().clear();
    check(&world);
    let tried = match std::env::var("HOLDFAST_TEST_EVERY_POINT") {
        Ok(_) => points as usize,
        Err(_) if world.database.is_some() => USUALLY_ON_THE_SERVER,
        Err(_) => USUALLY,
    };
    for at in 0..tried {
        let point = u32::try_from(at * points as usize / tried).expect("small");
        world.platform.faults().stop_after(point);
        let outcome = act(&world);
        world.platform.faults().clear();
        // What a run does depends a little on where the one before it ended.
        let Err(error) = outcome else { continue };
        assert!(error.internal_cause().is_some_and(|cause| cause.contains("stopped at")), "{error:?}");
        world = world.restarted();
        check(&world);
        act(&world).unwrap_or_else(|error| panic!("after point {point}: {error:?}"));
        check(&world);
    }
    (points, world)
}
