-- Who stands for whom is walked link by link, either way: what that costs hangs on the links of one person.

create index reservations_by_winner on reservations (scope, split_part(value, '/', 1)) where kind = 'contact.stands_for';
create index reservations_by_loser on reservations (scope, split_part(value, '/', 2)) where kind = 'contact.stands_for';
