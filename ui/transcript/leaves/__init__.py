"""What the view draws: one class for each kind of piece, each knowing its height, its text and where a click lands."""
