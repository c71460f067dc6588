NAME = "a service that api does not use"
