//! The walls between folders, file sizes and other rules of the house.
