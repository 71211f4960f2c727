"""What a turn costs: Ouentai's registration form beside a plain echo bot, in the same run (`make bench`)."""
