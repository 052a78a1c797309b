"""What the relay and the reducers cost, beside the floor of the machine they run on."""
