// C++: namespaces, overloads, templates, classes with inheritance and virtual
// functions, references, lambdas, containers, and exceptions thrown through
// frames that unwind. Breakpoints by qualified and by overloaded name; a
// backtrace from geometry::area<...>; catch throw.
#include <cstdio>
#include <map>
#include <memory>
#include <stdexcept>
#include <string>
#include <vector>

namespace geometry {

struct Shape {
	std::string name;
	explicit Shape(std::string n) : name(std::move(n)) {}
	virtual ~Shape() = default;
	virtual double area() const = 0;
};

template <typename T> struct Square : Shape {
	T side;
	explicit Square(T s) : Shape("square"), side(s) {}
	double area() const override { return double(side) * double(side); }
};

struct Circle final : Shape {
	static constexpr double pi = 3.0;
	double radius;
	explicit Circle(double r) : Shape("circle"), radius(r) {}
	double area() const override { return pi * radius * radius; }
};

namespace {
int hidden = 3;
}

template <typename T> [[gnu::noinline]] double total(const std::vector<T> &shapes)
{
	double sum = hidden;
	for (const auto &s : shapes)
		sum += s->area();
	return sum;
}

} // namespace geometry

[[gnu::noinline]] int overloaded(int x) { return x + 1; }
[[gnu::noinline]] int overloaded(double x) { return int(x) + 2; }
[[gnu::noinline]] int overloaded(const std::string &x) { return int(x.size()) + 3; }

struct Guard {
	int &count;
	~Guard() { count++; }
};

[[gnu::noinline]] void thrower(int depth, int &unwound)
{
	Guard g{unwound};
	if (depth == 0)
		throw std::runtime_error("at the bottom");
	thrower(depth - 1, unwound);
}

enum class Mode : unsigned char { Off, On = 7 };
Mode g_mode = Mode::On;

int main()
{
	std::vector<std::unique_ptr<geometry::Shape>> shapes;
	shapes.push_back(std::make_unique<geometry::Square<int>>(4));
	shapes.push_back(std::make_unique<geometry::Square<float>>(0.5f));
	shapes.push_back(std::make_unique<geometry::Circle>(2));
	std::printf("total %.2f\n", geometry::total(shapes));

	std::printf("overloaded %d %d %d\n", overloaded(1), overloaded(1.5), overloaded(std::string("four")));

	int unwound = 0, caught = 0;
	for (int i = 0; i < 3; i++) {
		try {
			thrower(i, unwound);
		} catch (const std::exception &e) {
			caught++;
		}
	}
	std::printf("caught %d unwound %d\n", caught, unwound);

	std::map<std::string, int> counts{{"a", 1}, {"b", 2}};
	int sum = 0;
	auto add = [&sum](int n) { sum += n; };
	for (auto &[key, n] : counts)
		add(n + int(key.size()));
	std::printf("lambda %d mode %d\n", sum, int(g_mode));
	return 0;
}
