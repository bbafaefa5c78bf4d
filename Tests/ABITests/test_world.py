import world


def test_the_world_that_the_hostile_calls_meet_is_alive(library):
    one = world.World(library)
    world.check_states(one)
    one.close()
