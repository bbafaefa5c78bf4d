module holdfast/rival

go 1.19
