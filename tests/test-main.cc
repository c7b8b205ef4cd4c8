#define BOOST_TEST_MODULE bouncelab
#include <boost/test/unit_test.hpp>
