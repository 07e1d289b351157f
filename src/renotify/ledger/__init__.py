"""What is known of each vehicle in each campaign: the one database, its events, and the state kept from them."""
