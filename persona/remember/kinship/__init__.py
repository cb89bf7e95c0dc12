"""Who is whose kin: family trees, words for relatives, what follows from them."""
