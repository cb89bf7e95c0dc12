"""What whoever looks after an archive does beside the steps: answer, review, take back, prove."""
