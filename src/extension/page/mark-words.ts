/** The words of a mark: 128 things that sound and look unlike each other. Their order is part of each mark. */
export const MARK_WORDS: readonly string[] = (
  "acorn amber anchor apple arrow autumn badge bamboo banjo basket beacon beetle bell bison bottle bridge " +
  "brook bucket butter cabin cactus camel candle canyon carrot castle cedar chalk cherry circus cloud clover " +
  "cobra comet copper coral cotton cradle crayon cricket crystal dancer desert diamond dolphin donkey dragon drum " +
  "eagle echo ember engine falcon feather fiddle forest fossil fountain fox galaxy garden giant ginger glacier " +
  "goblet granite guitar hammer harbor hazel helmet heron honey island ivory jacket jaguar jungle kettle " +
  "kitten ladder lagoon lantern lemon lizard lobster lotus magnet maple marble meadow melon mirror moon " +
  "mosaic mustard needle nickel nutmeg oasis ocean olive onion orchid otter oyster paddle panda parrot " +
  "pebble pepper pigeon planet pocket pumpkin puzzle quartz rabbit raven ribbon river rocket saddle saffron silver spider tulip walnut"
).split(" ");
